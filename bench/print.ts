/** Prints one case's figures, as a line of JSON. */
export type Print = (line: object) => void;
