/** How long an attempt may take, and how long it may show no sign of getting on. */
import type { Task, TaskType } from '../../../shared/task.ts';

/** Null: none. soft: the attempt is told to stop and may still save. hard: its process tree ends. */
export interface Limits {
  readonly softMs: number | null;
  readonly hardMs: number | null;
}

const NONE: Limits = { softMs: null, hardMs: null };
/** From the soft limit to the hard one: enough to write a checkpoint down on a slow disk. */
const SAVE_MS = 60_000;
/** Work that tells nothing of how far it is (questions to a text AI, reports) answers within five minutes or not at all. */
const SHORT: Limits = { softMs: 300_000, hardMs: 300_000 + SAVE_MS };

/** A picture is seconds of work. AVIF of hundreds of megapixels takes minutes; what takes longer is a trap or hangs. */
const PICTURE: Limits = { softMs: 1_800_000, hardMs: 1_800_000 + SAVE_MS };

/** Media work takes as long as the media do, and reports its progress: what does not get on is found by its stall instead. */
const LIMITS: Readonly<Record<TaskType, Limits>> = {
  transcribe: NONE, video_convert: NONE, video_preview: NONE, video_thumbnail: NONE, image_convert: PICTURE, image_thumbnail: PICTURE, document_preview: NONE, model_preview: NONE, audio_picture: NONE, media_edit: NONE, report: SHORT,
  // A clean-up of a million rows or a backup of gigabytes has no fixed length.
  maintenance: NONE,
};

/** The task's own limits (0: none), else its type's. With a soft one alone the hard one comes a minute later. */
export function limitsFor({ type, softLimitSeconds, hardLimitSeconds }: Pick<Task, 'type' | 'softLimitSeconds' | 'hardLimitSeconds'>): Limits {
  const own = LIMITS[type];
  const softMs = softLimitSeconds === null ? own.softMs : orNone(softLimitSeconds);
  const hardMs = hardLimitSeconds !== null ? orNone(hardLimitSeconds) : softLimitSeconds === null ? own.hardMs : softMs === null ? null : softMs + SAVE_MS;
  return { softMs: softMs !== null && hardMs !== null ? Math.min(softMs, hardMs) : softMs, hardMs };
}

function orNone(seconds: number): number | null {
  return seconds === 0 ? null : seconds * 1000;
}

const MINUTE_MS = 60_000;
/**
 * Longest time without progress. Whisper tells of a window when it is heard, which a large model on a slow machine makes minutes of;
 * joining and checking a long film say nothing either while their files grow.
 */
const STALL_MS: Readonly<Record<TaskType, number>> = {
  transcribe: 15 * MINUTE_MS, video_convert: 10 * MINUTE_MS, video_preview: 10 * MINUTE_MS, video_thumbnail: 10 * MINUTE_MS, image_convert: 30 * MINUTE_MS, image_thumbnail: 10 * MINUTE_MS, document_preview: 10 * MINUTE_MS, model_preview: 10 * MINUTE_MS, audio_picture: 10 * MINUTE_MS, media_edit: 10 * MINUTE_MS, report: 5 * MINUTE_MS, maintenance: 30 * MINUTE_MS,
};
/** Long work has long silent steps: a quarter of what the whole is expected to take, within an hour. */
const STALL_SHARE = 0.25;
const LONGEST_STALL_MS = 60 * MINUTE_MS;

/** How long an attempt may show neither progress nor growth of its files. estimateSeconds null: not known. */
export function stallMsFor(type: TaskType, estimateSeconds: number | null): number {
  return Math.max(STALL_MS[type], Math.min(LONGEST_STALL_MS, (estimateSeconds ?? 0) * 1000 * STALL_SHARE));
}
