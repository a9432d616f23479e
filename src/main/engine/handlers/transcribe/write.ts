/** Writes the transcript in the formats that were asked for. */
import { writeFile } from 'node:fs/promises';
import type { TRANSCRIPT_FORMATS } from '../../../../shared/options.ts';
import type { Draft } from '../handler.ts';
import { outputName } from '../output-name.ts';
import { writeJson } from './formats/json.ts';
import { writeSrt } from './formats/srt.ts';
import type { Transcript } from './formats/transcript.ts';
import { writeTxt } from './formats/txt.ts';
import { writeVtt } from './formats/vtt.ts';
import type { TranscribeContext } from './make-plan.ts';
import type { Part, Plan, Segment } from './plan.ts';

export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

export async function writeFiles(context: TranscribeContext, plan: Plan): Promise<readonly Draft[]> {
  const transcript = assemble(context, plan);
  const drafts: Draft[] = [];
  for (const format of formatsOf(context)) {
    const draft = context.draft(outputName(context.task.inputs[0] ?? 'transcript', context.task.suffix, format));
    await writeFile(draft.tempPath, render(transcript, format, context.task.options.wordTimestamps));
    drafts.push(draft);
  }
  return drafts;
}

/** Each once, whatever the options repeat. */
export function formatsOf(context: TranscribeContext): TranscriptFormat[] {
  return [...new Set(context.task.options.formats)];
}

/** The parts in order. A window's last word and the next one's first may overlap by a rounding. */
export function assemble(context: { readonly checkpoint: { readonly parts: ReadonlyMap<number, Part> } }, plan: Plan): Transcript {
  const { parts } = context.checkpoint;
  const segments: Segment[] = [];
  for (const index of plan.windows.keys()) {
    for (const segment of parts.get(index)?.segments ?? []) segments.push(notBefore(segment, segments.at(-1)?.endMs ?? 0));
  }
  return { language: plan.translate ? 'en' : plan.language, model: plan.model.name, durationSeconds: plan.durationSeconds, segments };
}

function notBefore(segment: Segment, earliestMs: number): Segment {
  if (segment.startMs >= earliestMs) return segment;
  const clamp = <T extends { startMs: number; endMs: number }>(timed: T): T => ({ ...timed, startMs: Math.max(earliestMs, timed.startMs), endMs: Math.max(earliestMs, timed.endMs) });
  return { ...clamp(segment), words: segment.words.map(clamp) };
}

function render(transcript: Transcript, format: TranscriptFormat, withWordTimes: boolean): string {
  switch (format) {
    case 'srt':
      return writeSrt(transcript);
    case 'vtt':
      return writeVtt(transcript, withWordTimes);
    case 'txt':
      return writeTxt(transcript);
    case 'json':
      return writeJson(transcript, withWordTimes);
  }
}
