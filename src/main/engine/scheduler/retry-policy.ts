/** Whether and when a failed attempt is followed by another. */
import { classOf } from '../../../shared/error-classes.ts';
import type { TaskErrorShape } from '../../../shared/errors.ts';
import type { Task, TaskType } from '../../../shared/task.ts';
import { backoffMs } from './backoff.ts';

export interface RetryPolicy {
  /** The pause before the first retry; each further one is twice as long, up to 10 minutes. */
  readonly firstDelayMs: number;
  readonly maxRetries: number;
}

/** Three tries at this pace span some minutes, which outlives a passing fault and not an evening. */
const MEDIA: RetryPolicy = { firstDelayMs: 5_000, maxRetries: 3 };

/** By type. */
export const RETRY_POLICIES: Readonly<Record<TaskType, RetryPolicy>> = {
  transcribe: MEDIA,
  video_convert: MEDIA,
  video_preview: MEDIA,
  // Seconds of work that somebody waits for: the first retry comes at once.
  video_thumbnail: { firstDelayMs: 2_000, maxRetries: 3 },
  image_convert: { firstDelayMs: 2_000, maxRetries: 3 },
  image_thumbnail: { firstDelayMs: 2_000, maxRetries: 3 },
  document_preview: { firstDelayMs: 2_000, maxRetries: 3 },
  model_preview: { firstDelayMs: 2_000, maxRetries: 3 },
  audio_picture: { firstDelayMs: 2_000, maxRetries: 3 },
  media_edit: MEDIA,
  report: { firstDelayMs: 2_000, maxRetries: 3 },
  // Nobody waits for it, and what is in its way (a disk that is away) takes longer.
  maintenance: { firstDelayMs: 60_000, maxRetries: 5 },
};

/** When the next try comes, and whether it is one of the task's retries. */
export interface Retry {
  /** Epoch milliseconds; null: none comes. */
  readonly at: number | null;
  readonly spendsRetry: boolean;
}

type Tried = Pick<Task, 'type' | 'attempt' | 'failures' | 'maxRetries' | 'retryDelayMs'>;

/** Of a countdown, so much at most is added: who was refused together must not come back together, and never early. */
const COUNTDOWN_SPREAD = 0.1;

/**
 * task: as it was claimed, so failures are those before this one. random: 0 to 1, spreads tasks that failed together. What is waited out
 * backs off by the attempts instead of the failures, which it does not add to.
 */
export function nextTry(error: TaskErrorShape, task: Tried, now: number, random: number): Retry {
  const { mayRetry, spendsRetry } = classOf(error.code);
  if (!mayRetry || !error.retryable) return { at: null, spendsRetry: true };
  if (spendsRetry && task.failures >= task.maxRetries) return { at: null, spendsRetry };
  if (error.retryAfterMs !== undefined) return { at: now + Math.ceil(error.retryAfterMs * (1 + COUNTDOWN_SPREAD * random)), spendsRetry };
  const firstDelayMs = task.retryDelayMs ?? RETRY_POLICIES[task.type].firstDelayMs;
  return { at: now + backoffMs(spendsRetry ? task.failures + 1 : task.attempt, firstDelayMs, random), spendsRetry };
}
