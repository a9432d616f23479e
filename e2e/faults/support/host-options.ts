/** What a test and the engine's process say to each other. */
import * as z from 'zod';
import { taskErrorShape } from '../../../src/shared/errors.ts';

export const hostOptions = z.object({
  dataDir: z.string(),
  recipesDir: z.string(),
  /** Tasks at a time in each queue. */
  concurrency: z.int().positive(),
  /** How many seconds pass for the engine in one: leases and pauses end sooner. */
  speed: z.number().positive().default(1),
  /** Null: it takes commands and works on nothing. */
  tools: z.object({ ffmpegPath: z.string(), ffprobePath: z.string(), whisperCliPath: z.string().nullable(), libreOfficePath: z.string().nullable(), bundledModelsDir: z.string(), modelsDir: z.string() }).nullable(),
});
export type HostOptions = z.input<typeof hostOptions>;

export const hostSaying = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), rescued: z.int() }),
  z.object({ kind: z.literal('began'), id: z.int() }),
  z.object({ kind: z.literal('completed'), id: z.int() }),
  z.object({ kind: z.literal('trouble'), trouble: taskErrorShape.nullable() }),
  z.object({ kind: z.literal('refused'), error: taskErrorShape }),
]);
export type HostSaying = z.infer<typeof hostSaying>;
