/** Puts decoded audio where its time stamps say: sample n belongs to second n / 16,000 of the file's own time line. */
import type { PcmBlock } from './pcm-matroska.ts';

/** Whisper's only sample rate. */
export const SAMPLE_RATE = 16_000;
export const BYTES_PER_SAMPLE = 2;

/** A stretch of the time line, in order and without a gap: samples, or silence where the file has none. */
export type PcmStretch = { readonly pcm: Buffer } | { readonly silentSamples: number };

/**
 * How far stamps and samples may drift apart before samples are dropped or silence is put in: half of the 100 ms that a
 * transcript's times may be off. Smaller would chop up recordings whose stamps jitter (MKV rounds to 1 ms, capture to 20–30 ms).
 */
const TOLERANCE_SAMPLES = 0.05 * SAMPLE_RATE;

/** Turns stamped blocks into stretches. Blocks before the file's start and blocks that overlap earlier ones are trimmed. */
export class PcmTimeline {
  #position = 0;

  /** Samples placed so far: the time line's length. */
  get samples(): number {
    return this.#position;
  }

  place(block: PcmBlock): PcmStretch[] {
    const wanted = Math.round((block.startMs * SAMPLE_RATE) / 1000);
    const ahead = wanted - this.#position;
    const isLate = ahead > TOLERANCE_SAMPLES || (this.#position === 0 && ahead > 0);
    const dropped = ahead < -TOLERANCE_SAMPLES || (this.#position === 0 && ahead < 0) ? -ahead : 0;
    const pcm = block.pcm.subarray(Math.min(dropped * BYTES_PER_SAMPLE, block.pcm.length));
    const stretches: PcmStretch[] = [];
    if (isLate) stretches.push({ silentSamples: ahead });
    if (pcm.length > 0) stretches.push({ pcm });
    this.#position += (isLate ? ahead : 0) + Math.floor(pcm.length / BYTES_PER_SAMPLE);
    return stretches;
  }
}
