/** Hears the windows that are still missing, one after another, and hears again what came out wrong. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { LevelMeter, FRAME_SAMPLES } from '../../media/pcm-levels.ts';
import { readPcm, writeWav } from '../../media/pcm-wav.ts';
import type { FrameSpan } from '../../media/silence.ts';
import { halveWindow, spanSeconds, windowSpan } from '../../media/speech-windows.ts';
import { hearWindows, type Decoding, type WhisperSetup } from '../../media/whisper.ts';
import type { HeardSegment, HeardWindow } from '../../media/whisper-output.ts';
import { collapseRepeats, judge, meanLogProbability } from '../../media/whisper-quality.ts';
import { pcmPath, type TranscribeContext } from './make-plan.ts';
import { isFinal, speechOf, type Plan, type Segment } from './plan.ts';
import { mapSegments } from './time-map.ts';

/** Windows that one start of whisper-cli takes at most: each start loads the model, and looks anew at what else the machine does. */
const MAX_BATCH = 20;
/** How often the engine hears that we live while Whisper is busy with a window. */
const HEARTBEAT_MS = 5000;

interface Task {
  readonly index: number;
  readonly speech: readonly FrameSpan[];
  readonly seconds: number;
}

/**
 * Stores each window as a part as soon as it was heard, so a kill costs the window in work only. What came out wrong is heard again
 * when all others are done: that takes several times as long, and most of the transcript shall be safe by then.
 */
export async function hearMissing(context: TranscribeContext, plan: Plan, setup: WhisperSetup, clock: Clock): Promise<void> {
  const tasks = plan.windows.map((window, index) => ({ index, speech: speechOf(window), seconds: spanSeconds(windowSpan(speechOf(window))) }));
  const { parts } = context.checkpoint;
  const unheard = tasks.filter(({ index }) => !parts.has(index));
  const report = createReport(context, tasks, tasks.filter(({ index }) => !isFinal(parts.get(index))), clock);
  const store = async (task: Task, segments: readonly HeardSegment[], firstHearing: HeardWindow | null): Promise<void> => {
    await context.checkpoint.savePart(task.index, { segments: toSegments(plan, task, segments), firstHearing });
    await rm(join(context.workDir, wavName(task)), { force: true });
    if (firstHearing !== null) return;
    logMarkers(context, task, segments);
    report.done(task);
  };
  const heartbeat = setInterval(report.beat, HEARTBEAT_MS);
  try {
    while (unheard.length > 0) {
      await hearBatch(context, setup, unheard.splice(0, MAX_BATCH), 'fast', (task, heard) => store(task, heard.segments, judge(heard) === 'good' ? null : heard));
    }
    for (const task of tasks) {
      const first = context.checkpoint.parts.get(task.index)?.firstHearing ?? null;
      if (first !== null) await store(task, await hearAgain(context, setup, task, first), null);
    }
  } finally {
    clearInterval(heartbeat);
  }
}

async function hearBatch(context: TranscribeContext, setup: WhisperSetup, batch: readonly Task[], decoding: Decoding, onHeard: (task: Task, heard: HeardWindow) => Promise<void>): Promise<void> {
  for (const task of batch) await writeWav(pcmPath(context), windowSpan(task.speech), join(context.workDir, wavName(task)));
  const files = batch.map((task) => ({ wavName: wavName(task) }));
  await hearWindows(setup, files, decoding, async (index, heard) => {
    const task = batch[index];
    if (task !== undefined) await onHeard(task, heard);
  });
}

/**
 * Other ways to decode, each slower than the last, until one does not repeat itself; then the window in halves; then the loop is cut
 * out by hand. What Whisper merely doubts is tried once more with five beams, and the likelier result taken.
 */
async function hearAgain(context: TranscribeContext, setup: WhisperSetup, task: Task, first: HeardWindow): Promise<readonly HeardSegment[]> {
  const isDoubtful = judge(first) === 'doubtful';
  for (const decoding of isDoubtful ? (['beam'] as const) : (['beam', 'sampled'] as const)) {
    const heard = await hearOne(context, setup, task, decoding);
    const verdict = judge(heard);
    context.log(`Window ${task.index + 1}: ${isDoubtful ? 'doubtful' : 'repeats itself'}; ${decoding}: ${verdict}.`);
    if (isDoubtful) return verdict !== 'repeats' && meanLogProbability(heard) > meanLogProbability(first) ? heard.segments : first.segments;
    if (verdict !== 'repeats') return heard.segments;
  }
  const halves = await hearHalves(context, setup, task);
  if (halves !== undefined) return halves;
  context.log(`Window ${task.index + 1}: repeats were taken out by hand.`);
  return collapseRepeats(first.segments);
}

async function hearOne(context: TranscribeContext, setup: WhisperSetup, task: Task, decoding: Decoding): Promise<HeardWindow> {
  const heard: HeardWindow[] = [];
  await hearBatch(context, setup, [task], decoding, (_, result) => {
    heard.push(result);
    return Promise.resolve();
  });
  return heard[0] ?? { language: setup.language, segments: [], tokens: [] };
}

/** Undefined: a half repeats itself too. The halves' times are brought back to the whole window's. */
async function hearHalves(context: TranscribeContext, setup: WhisperSetup, task: Task): Promise<HeardSegment[] | undefined> {
  const [firstHalf, secondHalf] = halveWindow(task.speech, await levelsOf(context, task));
  const segments: HeardSegment[] = [];
  for (const speech of [firstHalf, secondHalf].filter((half) => half.length > 0)) {
    const heard = await hearOne(context, setup, { ...task, speech }, 'beam');
    if (judge(heard) === 'repeats') return undefined;
    const shiftSeconds = spanSeconds({ startSample: windowSpan(task.speech).startSample, endSample: windowSpan(speech).startSample });
    segments.push(...heard.segments.map((segment) => ({ ...shift(segment, shiftSeconds), words: segment.words.map((word) => shift(word, shiftSeconds)) })));
  }
  context.log(`Window ${task.index + 1}: heard in halves.`);
  return segments;
}

function shift<T extends { startSeconds: number; endSeconds: number }>(heard: T, seconds: number): T {
  return { ...heard, startSeconds: heard.startSeconds + seconds, endSeconds: heard.endSeconds + seconds };
}

/** Levels of the window, at the frames' places in the whole file. */
async function levelsOf(context: TranscribeContext, task: Task): Promise<Int8Array> {
  const end = task.speech.at(-1)?.end ?? 0;
  const levels = new Int8Array(end);
  for (const span of task.speech) {
    const meter = new LevelMeter();
    meter.push({ pcm: await readPcm(pcmPath(context), { startSample: span.start * FRAME_SAMPLES, endSample: span.end * FRAME_SAMPLES }) });
    levels.set(meter.levels(), span.start);
  }
  return levels;
}

function toSegments(plan: Plan, task: Task, segments: readonly HeardSegment[]): Segment[] {
  return mapSegments(segments.filter(({ text }) => !isMarker(text)), { speech: task.speech, offsetSamples: plan.offsetSamples });
}

function logMarkers(context: TranscribeContext, task: Task, segments: readonly HeardSegment[]): void {
  const markers = segments.filter(({ text }) => isMarker(text));
  if (markers.length > 0) context.log(`Window ${task.index + 1}: left out ${markers.map(({ text }) => text).join(' ')}.`);
}

/** `[BLANK_AUDIO]`, `(wind blowing)`, `♪♪`: what Whisper writes where nobody speaks. Not speech, so no part of a transcript. */
function isMarker(text: string): boolean {
  return !/[\p{L}\p{N}]/u.test(text.replaceAll(/\[[^\]]*\]|\([^)]*\)|\*[^*]*\*/g, ''));
}

function wavName(task: Task): string {
  return `window-${String(task.index).padStart(6, '0')}.wav`;
}

interface Report {
  done(task: Task): void;
  readonly beat: () => void;
}

function createReport(context: TranscribeContext, tasks: readonly Task[], waiting: readonly Task[], clock: Clock): Report {
  const total = sumSeconds(tasks);
  const before = total - sumSeconds(waiting);
  const startMs = clock.monotonicMs();
  let done = 0;
  const beat = (): void => {
    const elapsedSeconds = (clock.monotonicMs() - startMs) / 1000;
    const speed = done > 0 && elapsedSeconds > 0 ? `, ${(done / elapsedSeconds).toFixed(1)}x` : '';
    context.progress({ current: Math.min(total, before + done), total, message: `transcribing${speed}` });
  };
  beat();
  return {
    done: (task) => {
      done += task.seconds;
      beat();
    },
    beat,
  };
}

function sumSeconds(tasks: readonly Task[]): number {
  return tasks.reduce((total, { seconds }) => total + seconds, 0);
}
