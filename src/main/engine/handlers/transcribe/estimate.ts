/** What a transcription will take: from this machine's own pace, else from the model's size. */
import type { Estimate } from '../../../../shared/task.ts';
import type { SizeClass } from '../../media/model-header.ts';
import { BYTES_PER_SAMPLE, SAMPLE_RATE } from '../../media/pcm-timeline.ts';
import { modelMemoryBytes } from '../../media/whisper.ts';

/**
 * Core seconds per second of speech. tiny measured (0.07 with 8 bits); the others by the ratio of their operations: the encoder's
 * 30 s of tiny take 13, base 31, small 120, medium 390, large 800 GFLOP.
 */
const CORE_SECONDS: Readonly<Record<SizeClass, number>> = { tiny: 0.08, base: 0.16, small: 0.55, medium: 1.7, turbo: 2.2, large: 3.4, 'large-v3': 3.4 };
/** Decoding the audio and finding speech: 1,000 times real time. */
const READING_SECONDS = 0.002;

export function estimateTranscription(input: {
  durationSeconds: number | null;
  model: { sizeClass: SizeClass; sizeBytes: number };
  threads: number;
  pace: number | null;
}): Estimate {
  const mediaSeconds = input.durationSeconds ?? 0;
  const perSecond = input.pace ?? READING_SECONDS + CORE_SECONDS[input.model.sizeClass] / input.threads;
  return {
    seconds: mediaSeconds * perSecond,
    memoryBytes: modelMemoryBytes(input.model.sizeBytes),
    // The decoded track, and half as much again for the windows cut out of it.
    tempBytes: mediaSeconds * SAMPLE_RATE * BYTES_PER_SAMPLE * 1.5,
    mediaSeconds,
  };
}
