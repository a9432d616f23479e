/** Reads every file back and compares: the same words in each, times in order and within the recording. */
import { readFile } from 'node:fs/promises';
import { TaskError } from '../../../../shared/errors.ts';
import type { Draft } from '../handler.ts';
import { parseSrt, parseVtt, type ParsedCue } from './formats/parse.ts';
import { transcriptJson } from './formats/json.ts';
import { squeeze, type Transcript } from './formats/transcript.ts';
import type { TranscribeContext } from './make-plan.ts';
import { isComplete } from './plan.ts';
import { assemble, formatsOf, type TranscriptFormat } from './write.ts';

/** Containers round their length; a last word may end with the last packet. */
const DURATION_TOLERANCE_MS = 500;

export async function checkFiles(drafts: readonly Draft[], context: TranscribeContext): Promise<void> {
  const { plan, parts } = context.checkpoint;
  if (plan === undefined || !isComplete(plan, parts)) throw failed('the transcript', 'windows of speech are missing');
  const transcript = assemble(context, plan);
  const formats = formatsOf(context);
  if (drafts.length !== formats.length) throw failed('the transcript', `${drafts.length} of ${formats.length} files were written`);
  for (const [index, format] of formats.entries()) {
    const draft = drafts[index];
    if (draft === undefined) continue;
    try {
      checkFile(await readFile(draft.tempPath, 'utf8'), format, transcript);
    } catch (cause) {
      throw failed(draft.fileName, cause instanceof Error ? cause.message : String(cause), cause);
    }
  }
}

function checkFile(text: string, format: TranscriptFormat, transcript: Transcript): void {
  const expected = squeeze(transcript.segments.map((segment) => segment.text).join(''));
  const found = format === 'txt' ? text : format === 'json' ? readJson(text, transcript) : readCues(format === 'srt' ? parseSrt(text) : parseVtt(text), transcript);
  if (squeeze(found) !== expected) throw new Error('its words are not those of the transcript');
}

function readJson(text: string, transcript: Transcript): string {
  const { segments } = transcriptJson.parse(JSON.parse(text));
  if (segments.length !== transcript.segments.length) throw new Error(`it has ${segments.length} of ${transcript.segments.length} segments`);
  requireOrder(segments.flatMap((segment) => [segment, ...(segment.words ?? [])]).map(({ startSeconds, endSeconds }) => ({ startMs: startSeconds * 1000, endMs: endSeconds * 1000 })), transcript);
  return segments.map((segment) => segment.text).join('');
}

function readCues(cues: readonly ParsedCue[], transcript: Transcript): string {
  if (cues.length < transcript.segments.length) throw new Error(`it has ${cues.length} cues for ${transcript.segments.length} segments`);
  requireOrder(cues, transcript);
  return cues.map((cue) => cue.text).join('');
}

function requireOrder(spans: readonly { startMs: number; endMs: number }[], transcript: Transcript): void {
  let lastMs = 0;
  for (const { startMs, endMs } of spans) {
    if (startMs < lastMs || endMs < startMs) throw new Error(`its times go back at ${startMs} ms`);
    if (endMs > transcript.durationSeconds * 1000 + DURATION_TOLERANCE_MS) throw new Error(`a time of ${endMs} ms lies behind the end of the recording`);
    lastMs = startMs;
  }
}

function failed(name: string, what: string, cause?: unknown): TaskError {
  return new TaskError('OUTPUT_CHECK_FAILED', `The check of ${name} failed: ${what}. The task tries again.`, { retryable: true, cause });
}
