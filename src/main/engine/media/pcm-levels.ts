/** How loud the audio is, frame by frame: all that finding silence needs to know of hours of sound. */
import { SAMPLE_RATE, type PcmStretch } from './pcm-timeline.ts';

/** 20 ms: short enough to place a pause, long enough to hold two periods of a low voice. */
export const FRAME_SAMPLES = SAMPLE_RATE / 50;
/** Digital silence, and everything below what 16 bits can hold. */
export const SILENT_DB = -100;

/** Keeps one byte per frame (dB below full scale): 180 kB an hour. Mains hum and rumble are filtered out first. */
export class LevelMeter {
  #levels = new Uint8Array(65_536);
  #count = 0;
  #frameEnergy = 0;
  #frameFill = 0;
  #lastIn = 0;
  #lastOut = 0;

  push(stretch: PcmStretch): void {
    if ('pcm' in stretch) this.#pushPcm(stretch.pcm);
    else this.#pushSilence(stretch.silentSamples);
  }

  /** dBFS of each whole or begun frame, from 0 down to SILENT_DB. */
  levels(): Int8Array {
    const isBegun = this.#frameFill > 0;
    const levels = new Int8Array(this.#count + (isBegun ? 1 : 0));
    for (let index = 0; index < this.#count; index += 1) levels[index] = -(this.#levels[index] ?? 0);
    if (isBegun) levels[this.#count] = -toByte(this.#frameEnergy / this.#frameFill);
    return levels;
  }

  #pushPcm(pcm: Buffer): void {
    const samples = Math.floor(pcm.length / 2);
    for (let index = 0; index < samples; index += 1) {
      const sample = pcm.readInt16LE(index * 2);
      this.#lastOut = HIGH_PASS * (this.#lastOut + sample - this.#lastIn);
      this.#lastIn = sample;
      this.#frameEnergy += this.#lastOut * this.#lastOut;
      this.#frameFill += 1;
      if (this.#frameFill === FRAME_SAMPLES) this.#endFrame();
    }
  }

  /** Hours of it cost no more than a fill. */
  #pushSilence(samples: number): void {
    const first = Math.min(samples, FRAME_SAMPLES - this.#frameFill);
    this.#frameFill += first;
    if (this.#frameFill === FRAME_SAMPLES) this.#endFrame();
    const frames = Math.floor((samples - first) / FRAME_SAMPLES);
    this.#reserve(frames);
    this.#levels.fill(-SILENT_DB, this.#count, this.#count + frames);
    this.#count += frames;
    if (samples > first) this.#frameFill = samples - first - frames * FRAME_SAMPLES;
    this.#lastIn = 0;
    this.#lastOut = 0;
  }

  #endFrame(): void {
    this.#reserve(1);
    this.#levels[this.#count] = toByte(this.#frameEnergy / FRAME_SAMPLES);
    this.#count += 1;
    this.#frameEnergy = 0;
    this.#frameFill = 0;
  }

  #reserve(frames: number): void {
    const needed = this.#count + frames;
    if (needed <= this.#levels.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#levels.length * 2));
    larger.set(this.#levels.subarray(0, this.#count));
    this.#levels = larger;
  }
}

/** First-order high pass at about 80 Hz, below every voice: a = RC / (RC + 1 / rate). */
const HIGH_PASS = 1 / (1 + (2 * Math.PI * 80) / SAMPLE_RATE);
const FULL_SCALE = 32_768;

function toByte(meanSquare: number): number {
  if (meanSquare < 1e-3) return -SILENT_DB;
  const db = 10 * Math.log10(meanSquare / (FULL_SCALE * FULL_SCALE));
  return Math.round(Math.min(-SILENT_DB, Math.max(0, -db)));
}
