/** The transcript that all formats are written from. */
import type { Segment } from '../plan.ts';

export interface Transcript {
  /** Whisper's code; `en` when translated. */
  readonly language: string;
  /** The model's name. */
  readonly model: string;
  readonly durationSeconds: number;
  /** In order; times in milliseconds of the file's own time line. */
  readonly segments: readonly Segment[];
}

/** `01:02:03.456`; SRT has a comma for the point. */
export function formatTime(milliseconds: number, point: '.' | ','): string {
  const part = (value: number, digits: number): string => String(Math.floor(value)).padStart(digits, '0');
  return `${part(milliseconds / 3_600_000, 2)}:${part((milliseconds / 60_000) % 60, 2)}:${part((milliseconds / 1000) % 60, 2)}${point}${part(milliseconds % 1000, 3)}`;
}

/** The text without any blanks: line breaks differ between formats, words must not. */
export function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
