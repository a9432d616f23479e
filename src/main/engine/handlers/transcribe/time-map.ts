/** Brings the times that Whisper gives for a window back to the file's own time line. */
import { FRAME_SAMPLES } from '../../media/pcm-levels.ts';
import { SAMPLE_RATE } from '../../media/pcm-timeline.ts';
import type { FrameSpan } from '../../media/silence.ts';
import { windowSpan } from '../../media/speech-windows.ts';
import type { HeardSegment, HeardWord } from '../../media/whisper-output.ts';
import type { Segment, Word } from './plan.ts';

export interface WindowTimes {
  /** Where somebody speaks; Whisper heard all from the first of it to the last. */
  readonly speech: readonly FrameSpan[];
  readonly offsetSamples: number;
}

/** In order, none overlapping the next; starts and ends that fall into silence are moved to the edge of speech. */
export function mapSegments(segments: readonly HeardSegment[], times: WindowTimes): Segment[] {
  const mapped: Segment[] = [];
  let earliestMs = 0;
  for (const heard of segments) {
    const { startMs, endMs } = mapSpan(heard, times, earliestMs);
    const words = mapWords(heard.words, times, startMs, endMs);
    mapped.push({ text: heard.text, startMs, endMs, words });
    earliestMs = endMs;
  }
  return mapped;
}

function mapWords(words: readonly HeardWord[], times: WindowTimes, startMs: number, endMs: number): Word[] {
  let earliestMs = startMs;
  return words.map((word) => {
    const span = mapSpan(word, times, earliestMs);
    const mapped = { startMs: Math.min(span.startMs, endMs), endMs: Math.min(span.endMs, endMs) };
    earliestMs = mapped.endMs;
    return { text: word.text, ...mapped, confidence: Math.round(word.confidence * 1000) / 1000 };
  });
}

function mapSpan(heard: { startSeconds: number; endSeconds: number }, times: WindowTimes, earliestMs: number): { startMs: number; endMs: number } {
  const start = toMs(startOfSpeech(toSample(heard.startSeconds, times), times.speech), times);
  const end = toMs(endOfSpeech(toSample(heard.endSeconds, times), times.speech), times);
  const startMs = Math.max(earliestMs, start);
  return { startMs, endMs: Math.max(startMs, end) };
}

function toSample(seconds: number, { speech }: WindowTimes): number {
  const { startSample, endSample } = windowSpan(speech);
  return Math.min(endSample, startSample + Math.max(0, Math.round(seconds * SAMPLE_RATE)));
}

/** Inside speech: unchanged. In a pause: the next word's begin. */
function startOfSpeech(sample: number, speech: readonly FrameSpan[]): number {
  const span = speech.find((candidate) => candidate.end * FRAME_SAMPLES > sample);
  return span === undefined ? sample : Math.max(sample, span.start * FRAME_SAMPLES);
}

/** Inside speech: unchanged. In a pause: the last word's end. */
function endOfSpeech(sample: number, speech: readonly FrameSpan[]): number {
  const span = speech.findLast((candidate) => candidate.start * FRAME_SAMPLES < sample);
  return span === undefined ? sample : Math.min(sample, span.end * FRAME_SAMPLES);
}

function toMs(sample: number, { offsetSamples }: WindowTimes): number {
  return Math.max(0, Math.round(((sample + offsetSamples) * 1000) / SAMPLE_RATE));
}
