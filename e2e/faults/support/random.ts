/** Chance that can be had again. */

/** The seed of this run: printed, and taken from SEED where it is given, so that a failing run can be had again as far as timing allows. */
export const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31));

/** mulberry32: small, seeded, good enough to spread moments. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A count from the environment, as `npm run faults` gives it; else the short form's. */
export function countOf(name: string, short: number): number {
  return Number(process.env[name] ?? short);
}
