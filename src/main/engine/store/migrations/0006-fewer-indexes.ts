/** Version 6: the clean-up goes by id now, and nobody asks for settled tasks by time; each end paid for this index. */
export const SQL = `
DROP INDEX task_settled;
`;
