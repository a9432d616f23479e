import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { EngineApi } from '../../../shared/contract.ts';
import { transcribeOptions } from '../../../shared/options.ts';
import type { Output, TaskId } from '../../../shared/task.ts';
import type { TranscriptSegment } from '../../../shared/transcript.ts';
import { writeJson } from '../handlers/transcribe/formats/json.ts';
import type { Plan } from '../handlers/transcribe/plan.ts';
import { add, endOf, openTestStore, OWNER, T0 } from '../store/test-store.ts';
import type { Claimed, Store } from '../store/store.ts';
import { ManualClock } from '../test-clock.ts';
import type { TranscriptDocument } from '../transcripts/document.ts';
import { createTranscriptVerbs } from './transcripts.ts';

let store: Store;
let verbs: Pick<EngineApi, 'getTranscript' | 'saveTranscript' | 'exportTranscript'>;
beforeEach(async () => {
  store = await openTestStore();
  verbs = createTranscriptVerbs({ store, clock: new ManualClock() });
});

const PLAN: Plan = {
  source: { sizeBytes: 1, modifiedMs: 1 }, audioTrack: 0, durationSeconds: 90, samples: 1, offsetSamples: 0, model: { path: '/m', name: 'small', sizeBytes: 1 },
  language: 'de', translate: false, threads: 2, windows: [[[0, 100]], [[200, 300]], [[400, 500]]],
};

function segment(text: string, startMs: number, endMs: number): TranscriptSegment {
  return { text, startMs, endMs, words: [{ text, startMs, endMs, confidence: 0.5 }] };
}

const DOCUMENT: TranscriptDocument = { language: 'de', model: 'small', durationMs: 90_000, segments: [segment('Eins.', 0, 1000), segment('Zwei.', 2000, 3000)] };

/** A transcription that a worker has begun. */
async function running(options: Record<string, unknown> = {}): Promise<Claimed> {
  await add(store, { type: 'transcribe', recipe: 'transcript', queue: 'speech', inputs: ['/talks/Gespräch.m4a'], options: transcribeOptions.parse(options) });
  const [claimed] = await store.claim({ queue: 'speech', limit: 1, leaseOwner: OWNER, leaseUntil: T0 + 60_000, now: T0 });
  if (claimed === undefined) throw new Error('There was nothing to claim.');
  return claimed;
}

/** A completed one with its kept transcript. */
async function completed(document: unknown = DOCUMENT, outputs: readonly Output[] = []): Promise<TaskId> {
  const claimed = await running();
  if (document !== null) await store.saveDocument({ ...endOf(claimed), document });
  await store.complete({ ...endOf(claimed), outputs, message: 'done', pace: null });
  return claimed.task.id;
}

async function exported(id: TaskId, format: 'txt' | 'vtt' | 'srt'): Promise<string> {
  return Buffer.from((await verbs.exportTranscript({ id, format })).base64, 'base64').toString('utf8');
}

describe('getTranscript', () => {
  it('gives what was kept, with its revision', async () => {
    const { language, durationMs, segments } = DOCUMENT;
    expect(await verbs.getTranscript({ id: await completed() })).toEqual({ transcript: { language, durationMs, segments }, isFinal: true, revision: 1 });
  });

  it('gives what has been heard so far in order of time, whatever was heard first, and still does when the task was interrupted', async () => {
    const claimed = await running();
    const fence = endOf(claimed);
    await store.savePlan({ ...fence, plan: PLAN, partsTotal: 3 });
    expect(await verbs.getTranscript({ id: claimed.task.id })).toEqual({ transcript: { language: 'de', durationMs: 90_000, segments: [] }, isFinal: false, revision: 0 });
    await store.savePart({ ...fence, index: 2, part: { segments: [segment('Drei.', 8000, 9000)], firstHearing: null } });
    await store.savePart({ ...fence, index: 0, part: { segments: [segment('Eins.', 0, 1000)], firstHearing: { language: 'de', segments: [], tokens: [] } } });
    await store.savePart({ ...fence, index: 1, part: 'of an older version' });
    const expected = { transcript: { segments: [segment('Eins.', 0, 1000), segment('Drei.', 8000, 9000)] }, isFinal: false, revision: 0 };
    expect(await verbs.getTranscript({ id: claimed.task.id })).toMatchObject(expected);
    await store.pause([claimed.task.id], T0);
    await store.release({ ...fence, reason: 'paused' });
    expect(await verbs.getTranscript({ id: claimed.task.id })).toMatchObject(expected);
    expect(await exported(claimed.task.id, 'txt')).toBe('Eins.\n\nDrei.\n');
  });

  it('reads the JSON file of a task that was completed before transcripts were kept', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'longhaul-old-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const path = join(dir, 'Gespräch.json');
    const { durationMs, ...rest } = DOCUMENT;
    writeFileSync(path, writeJson({ ...rest, durationSeconds: durationMs / 1000 }, true));
    const id = await completed(null, [{ path, sizeBytes: 1, sha256: '0'.repeat(64) }]);
    expect(await verbs.getTranscript({ id })).toMatchObject({ transcript: { segments: DOCUMENT.segments }, isFinal: true, revision: 0 });
    await expect(verbs.saveTranscript({ id, baseRevision: 0, segments: [] })).rejects.toMatchObject({ code: 'TASK_STATE', message: expect.stringContaining('not edited') });
    writeFileSync(path, '{"other": true}');
    await expect(verbs.getTranscript({ id })).rejects.toMatchObject({ code: 'TASK_STATE', message: expect.stringContaining('older Longhaul') });
  });

  it('says why there is none: no such task, no transcription, nothing heard yet, not understood', async () => {
    await expect(verbs.getTranscript({ id: 99 })).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
    await expect(verbs.getTranscript({ id: await add(store) })).rejects.toMatchObject({ code: 'TASK_STATE', message: expect.stringContaining('no transcription') });
    await expect(verbs.getTranscript({ id: (await running()).task.id })).rejects.toMatchObject({ code: 'TASK_STATE', message: expect.stringContaining('Nothing has been heard') });
    await expect(verbs.getTranscript({ id: await completed({ segments: 'none' }) })).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });
});

describe('saveTranscript', () => {
  it('keeps an edit, which then is what is shown and exported', async () => {
    const id = await completed();
    const [first] = DOCUMENT.segments;
    const edited = [{ ...segment('Eins', 0, 1000), text: 'Eins und ein halb.' }, { ...segment('', 2000, 3000) }];
    expect(await verbs.saveTranscript({ id, baseRevision: 1, segments: edited })).toEqual({ revision: 2 });
    const { transcript, revision } = await verbs.getTranscript({ id });
    expect({ revision, texts: transcript.segments.map(({ text }) => text), words: transcript.segments[0]?.words }).toEqual({ revision: 2, texts: ['Eins und ein halb.'], words: [{ ...first?.words[0], text: 'Eins' }] });
    expect(await exported(id, 'srt')).toBe('1\n00:00:00,000 --> 00:00:01,000\nEins und ein halb.\n\n');
  });

  it('refuses an edit of an older revision and keeps what is there', async () => {
    const id = await completed();
    await verbs.saveTranscript({ id, baseRevision: 1, segments: [segment('Anders.', 0, 1000)] });
    await expect(verbs.saveTranscript({ id, baseRevision: 1, segments: [] })).rejects.toMatchObject({ code: 'TASK_STATE', message: expect.stringContaining('changed elsewhere') });
    expect((await verbs.getTranscript({ id })).transcript.segments).toEqual([segment('Anders.', 0, 1000)]);
  });

  it('refuses times that make no sense, and keeps nothing', async () => {
    const id = await completed();
    await expect(verbs.saveTranscript({ id, baseRevision: 1, segments: [segment('a', 0, 2000), segment('b', 1000, 3000)] })).rejects.toMatchObject({ code: 'USAGE' });
    expect((await verbs.getTranscript({ id })).revision).toBe(1);
  });

  it('refuses an edit that the running task would replace', async () => {
    const claimed = await running();
    await store.savePlan({ ...endOf(claimed), plan: PLAN, partsTotal: 3 });
    const edit = { id: claimed.task.id, segments: [segment('a', 0, 1)] };
    await expect(verbs.saveTranscript({ ...edit, baseRevision: 0 })).rejects.toMatchObject({ code: 'TASK_STATE', message: expect.stringContaining('not finished') });
    await store.saveDocument({ ...endOf(claimed), document: DOCUMENT });
    await expect(verbs.saveTranscript({ ...edit, baseRevision: 1 })).rejects.toMatchObject({ code: 'TASK_STATE', message: expect.stringContaining('not finished') });
  });
});

describe('exportTranscript', () => {
  it('names the file after the recording, and gives VTT word times where the task was to have them', async () => {
    const claimed = await running({ wordTimestamps: true });
    const words = [{ text: 'Eins', startMs: 0, endMs: 400, confidence: 1 }, { text: 'zwei', startMs: 500, endMs: 900, confidence: 1 }];
    await store.saveDocument({ ...endOf(claimed), document: { ...DOCUMENT, segments: [{ text: 'Eins zwei', startMs: 0, endMs: 1000, words }] } });
    await store.complete({ ...endOf(claimed), outputs: [], message: 'done', pace: null });
    expect(await exported(claimed.task.id, 'vtt')).toContain('Eins <00:00:00.500>zwei');
    expect(await verbs.exportTranscript({ id: claimed.task.id, format: 'docx' })).toMatchObject({ fileName: 'Gespräch.docx', mimeType: expect.stringContaining('wordprocessingml') });
    expect(await exported(await completed(), 'vtt')).not.toMatch(/<\d/);
  });
});
