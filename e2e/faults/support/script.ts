/** What a scripted task is to do, and what its outputs must then be: agreed between the tests and the scripted worker. */
import { createHash } from 'node:crypto';
import * as z from 'zod';

/** The content of a scripted task's input file. Attempts count from 1. */
export const script = z.object({
  /** Unique among the tasks of a test; the output is made of it. */
  name: z.string(),
  parts: z.int().positive().default(3),
  /** How long a part takes. */
  partMs: z.number().default(20),
  /** Bytes that a part adds to the output. */
  partBytes: z.int().positive().default(4_096),
  /** Appended to by every attempt, a line for each thing it does. */
  ledger: z.string(),
  /** How an attempt ends before its last part, by its number; `*`: every one. */
  endings: z.record(z.string(), z.enum(['fail', 'fail for good', 'crash', 'segfault', 'stop itself', 'eat memory', 'throw'])).default({}),
});
export type Script = z.infer<typeof script>;

/** The bytes of one part. */
export function partContent({ name, partBytes }: Pick<Script, 'name' | 'partBytes'>, index: number): Buffer {
  const digest = createHash('sha256').update(`${name} ${index}`).digest();
  return Buffer.alloc(partBytes, digest);
}

/** The bytes of the output. */
export function wholeContent(of: Pick<Script, 'name' | 'partBytes' | 'parts'>): Buffer {
  return Buffer.concat(Array.from({ length: of.parts }, (_, index) => partContent(of, index)));
}

/** A line of a task's ledger. */
export const ledgerLine = z.object({
  attempt: z.int().positive(),
  pid: z.int(),
  what: z.enum(['begin', 'part', 'end']),
  index: z.int().nullable(),
});
export type LedgerLine = z.infer<typeof ledgerLine>;
