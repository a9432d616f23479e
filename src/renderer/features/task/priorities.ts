/** Named priorities, the highest first. As in shared/task.ts, which needs zod; a test compares. */
export const PRIORITIES = [
  { name: 'critical', value: 10 },
  { name: 'high', value: 7 },
  { name: 'normal', value: 5 },
  { name: 'low', value: 3 },
] as const;
