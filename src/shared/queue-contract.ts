/** Queues as their user sets them: paused, only at certain hours, so many tasks in so many seconds. Spread into the contract's tables. */
import * as z from 'zod';
import { queueName, taskId, type QueueName, type TaskType } from './task.ts';

/** Which lane does a type's work where no setting `route.<type>` says another. */
export const QUEUE_OF = {
  transcribe: 'speech', video_convert: 'media', video_preview: 'media', video_thumbnail: 'media', image_convert: 'render', image_thumbnail: 'render', document_preview: 'render', model_preview: 'render', audio_picture: 'media', media_edit: 'media', report: 'maintenance', maintenance: 'maintenance',
} as const satisfies Record<TaskType, QueueName>;

/**
 * At most `count` tasks begin in `seconds`: after a pause all of them at once, then one each seconds/count. A millisecond is the shortest
 * distance that the store keeps.
 */
export const rate = z
  .object({ count: z.int().min(1).max(1_000_000), seconds: z.number().positive().max(31_536_000) })
  .refine(({ count, seconds }) => count <= seconds * 1000, 'more than a thousand tasks a second are no limit');
export type Rate = z.infer<typeof rate>;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day like 22:00');

/** From one time of day to another, by the clock on the wall of the machine; over midnight where `from` is the later one. */
export const hours = z.object({ from: timeOfDay, to: timeOfDay }).refine(({ from, to }) => from !== to, 'hours that begin and end at the same time');
export type Hours = z.infer<typeof hours>;

/** How one queue is set; kept by the store as JSON. */
export const queueRules = z.object({
  /** none: it works. afterCurrent: it starts nothing more. now: what runs in it is interrupted too. */
  pause: z.enum(['none', 'afterCurrent', 'now']).default('none'),
  /** Null: at all hours. */
  hours: hours.nullable().default(null),
  /** What becomes of running work when the hours end: it goes on to its end, or is interrupted and goes on from its checkpoint. */
  atClose: z.enum(['goOn', 'interrupt']).default('goOn'),
  rate: rate.nullable().default(null),
});
export type QueueRules = z.infer<typeof queueRules>;

/** Why something waits. paused, hours, rate: by the queue's own rules or its tasks' keys. */
export const waitReason = z.enum(['paused', 'hours', 'rate', 'memory', 'processor', 'temp', 'heat', 'foreground']);
export type WaitReason = z.infer<typeof waitReason>;
/** until: epoch milliseconds; null: nobody knows. taskId, detail: of a resource that is short, who waits for it: `memory: needs 3.9 GB, 1.2 GB free`. */
export const wait = z.object({ reason: waitReason, until: z.number().nullable(), taskId: taskId.optional(), detail: z.string().optional() });
export type Wait = z.infer<typeof wait>;

const keyName = z.string().min(1).max(200);
const queueState = queueRules.extend({
  name: queueName,
  concurrency: z.int(),
  running: z.int(),
  /** Every reason for which its first task waits though there may be a free place. */
  waitsFor: z.array(wait),
});
export type QueueState = z.infer<typeof queueState>;
const oneQueue = z.object({ queue: queueState });

export const QUEUE_COMMANDS = {
  /** mode afterCurrent: stop after what runs. now: interrupt it too. */
  pauseQueue: { input: z.object({ name: queueName, mode: z.enum(['afterCurrent', 'now']).default('now') }), output: oneQueue },
  resumeQueue: { input: z.object({ name: queueName }), output: oneQueue },
  /** What is not named stays; null takes hours or rate away. */
  setQueue: {
    input: z.object({ name: queueName, hours: hours.nullable().optional(), atClose: z.enum(['goOn', 'interrupt']).optional(), rate: rate.nullable().optional() }),
    output: oneQueue,
  },
  /** For all tasks with this rateKey, whatever their queue; `*`: for each key that has none of its own. Null takes it away. */
  setRateLimit: { input: z.object({ key: keyName, rate: rate.nullable() }), output: z.object({}) },
} as const;

export const QUEUE_QUERIES = {
  listQueues: { input: z.object({}), output: z.object({ queues: z.array(queueState) }) },
  listRateLimits: { input: z.object({}), output: z.object({ limits: z.array(z.object({ key: keyName, rate })) }) },
} as const;
