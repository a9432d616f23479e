/** Reads the transcript of a task that was completed before transcripts were kept, from the JSON file that it wrote. */
import { open } from 'node:fs/promises';
import type { Output } from '../../../shared/task.ts';
import { transcriptJson, type TranscriptJson } from '../handlers/transcribe/formats/json.ts';
import type { TranscriptDocument } from './document.ts';

/** A day of speech with word times has about 30 MB; a file that is larger is none of ours any more. */
const LARGEST_BYTES = 256_000_000;

/** Null: the task wrote no JSON, or what is there now is not it (moved, deleted, changed by another program). */
export async function readOutput(outputs: readonly Output[]): Promise<TranscriptDocument | null> {
  const written = outputs.find(({ path }) => path.endsWith('.json'));
  if (written === undefined) return null;
  try {
    return fromJson(transcriptJson.parse(JSON.parse(await readText(written.path))));
  } catch {
    return null;
  }
}

async function readText(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > LARGEST_BYTES) throw new Error(`${path} is not the transcript`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function fromJson({ language, model, durationSeconds, segments }: TranscriptJson): TranscriptDocument {
  const timed = <T extends { startSeconds: number; endSeconds: number }>({ startSeconds, endSeconds, ...rest }: T) => ({ ...rest, startMs: Math.round(startSeconds * 1000), endMs: Math.round(endSeconds * 1000) });
  return {
    language, model, durationMs: Math.round(durationSeconds * 1000),
    segments: segments.map((segment) => ({ ...timed(segment), words: (segment.words ?? []).map(timed) })),
  };
}
