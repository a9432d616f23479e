/** What work is expected to take and to make, as ranges: four in five of such tasks end within them. */
import * as z from 'zod';

const amount = z.number().nonnegative();
/** Wall time of an attempt that nothing interrupts. */
export const durationRange = z.object({ lowSeconds: amount, seconds: amount, highSeconds: amount });
export type DurationRange = z.infer<typeof durationRange>;
/** All outputs together. */
export const sizeRange = z.object({ lowBytes: amount, bytes: amount, highBytes: amount });
export type SizeRange = z.infer<typeof sizeRange>;

export const taskForecast = z.object({
  /** Whether pieces of the very file were encoded for it. */
  isTried: z.boolean(),
  duration: durationRange,
  /** Null: nothing is known of it. */
  size: sizeRange.nullable(),
  /** Before this machine's history was asked: what the ratios of actual to forecast refer to. */
  raw: z.object({ seconds: amount, bytes: amount.nullable() }),
});
export type TaskForecast = z.infer<typeof taskForecast>;
