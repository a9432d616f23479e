/** Copies the database while everything goes on. */
import type { Upkeep } from './upkeep.ts';

const MB = 1_000_000;

/** The daily copy; how many are kept is the store's to know. */
export const backUp: Upkeep = async (run, { store, clock }) => {
  const { name, sizeBytes } = await store.backup(clock.now());
  run.log(`the copy is ${name}`);
  return { message: `backed up, ${Math.max(1, Math.round(sizeBytes / MB))} MB`, isQuiet: false };
};
