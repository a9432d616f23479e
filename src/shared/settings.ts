/** Every setting of the engine: its name, what it may be, and what it is when nobody chose. Values are text, as the store keeps them. */
import * as z from 'zod';
import { QUEUE_OF } from './queue-contract.ts';
import { queueName } from './task.ts';

const wholeNumber = (min: number, max: number) => z.string().regex(/^\d{1,15}$/).refine((text) => Number(text) >= min && Number(text) <= max, `a whole number from ${min} to ${max}`);
const onOff = z.enum(['on', 'off']);

/** Kinds of files that a person drops; each remembers the recipe that was used last. */
export const FILE_KINDS = ['video', 'audio', 'image', 'document', 'mesh'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export const SETTINGS = {
  /** A model's name, or auto: the best one on the machine. */
  'model': { schema: z.string().min(1).max(4096), default: 'auto' },
  /** Tasks at a time. FFmpeg and Whisper use all cores by themselves. */
  'queue.media': { schema: wholeNumber(1, 16), default: '1' },
  'queue.speech': { schema: wholeNumber(1, 16), default: '1' },
  /** Pictures, documents and models take one core each. 0: half of the cores. */
  'queue.render': { schema: wholeNumber(0, 64), default: '0' },
  /** The queue of a type's new tasks; what was accepted stays where it is. */
  'route.transcribe': { schema: queueName, default: QUEUE_OF.transcribe },
  'route.video_convert': { schema: queueName, default: QUEUE_OF.video_convert },
  'route.video_preview': { schema: queueName, default: QUEUE_OF.video_preview },
  'route.video_thumbnail': { schema: queueName, default: QUEUE_OF.video_thumbnail },
  'route.image_convert': { schema: queueName, default: QUEUE_OF.image_convert },
  'route.image_thumbnail': { schema: queueName, default: QUEUE_OF.image_thumbnail },
  'route.document_preview': { schema: queueName, default: QUEUE_OF.document_preview },
  'route.model_preview': { schema: queueName, default: QUEUE_OF.model_preview },
  'route.audio_picture': { schema: queueName, default: QUEUE_OF.audio_picture },
  'route.media_edit': { schema: queueName, default: QUEUE_OF.media_edit },
  'route.report': { schema: queueName, default: QUEUE_OF.report },
  'route.maintenance': { schema: queueName, default: QUEUE_OF.maintenance },
  /** Absolute path of the folder for results; empty: beside each input. */
  'outputDir': { schema: z.string().max(4096), default: '' },
  /** The recipe that is suggested for a kind of file. */
  'recipe.video': { schema: z.string().min(1).max(100), default: 'mp4-h264' },
  'recipe.audio': { schema: z.string().min(1).max(100), default: 'transcript' },
  'recipe.image': { schema: z.string().min(1).max(100), default: 'image-web' },
  'recipe.document': { schema: z.string().min(1).max(100), default: 'document-preview' },
  'recipe.mesh': { schema: z.string().min(1).max(100), default: 'model-still' },
  /** What the user asked of all work: none: go on. afterCurrent: start nothing more. now: interrupt too. */
  'hold': { schema: z.enum(['none', 'afterCurrent', 'now']), default: 'none' },
  /** Whether work waits while the machine runs on battery. */
  'holdOnBattery': { schema: onOff, default: 'off' },
  /** Nothing new is started while a disk that is written to has less free than this, in MB. 0: always. */
  'holdBelowFreeMb': { schema: wholeNumber(0, 10_000_000), default: '500' },
  /** Completed and cancelled tasks leave the list so many hours after their end; their results stay. 0: never. */
  'cleanUp.afterHours': { schema: wholeNumber(0, 87_600), default: '24' },
  /** What is kept of them in the history, at most: entries, and MB of the store. */
  'history.maxTasks': { schema: wholeNumber(0, 10_000_000), default: '100000' },
  'history.maxMb': { schema: wholeNumber(0, 10_000), default: '50' },
  /** Whether work waits when the machine is close to its critical temperature, and takes fewer cores when it is warm. */
  'holdOnHeat': { schema: onOff, default: 'on' },
  /** While somebody sits at the machine: off: work goes on. slow: what begins takes half of the cores. pause: it waits. Tools give way by their priority in any case. */
  'yieldToForeground': { schema: z.enum(['off', 'slow', 'pause']), default: 'off' },
  /** How much of all cores the running tasks together are expected to use at most, in percent. 200: conversions and transcriptions beside each other, each on all cores. */
  'processorPercent': { schema: wholeNumber(10, 1_600), default: '200' },
  /** Nothing more is started beside what runs while Longhaul's own temporary files take more than this, in MB. */
  'tempCapMb': { schema: wholeNumber(1, 100_000_000), default: '100000' },
  /** Finished parts of failed and cancelled tasks are kept for so many days; a retry goes on from them. */
  'keepPartsDays': { schema: wholeNumber(1, 3_650), default: '30' },
  /** system: as the operating system says. */
  'theme': { schema: z.enum(['system', 'light', 'dark']), default: 'system' },
  'language': { schema: z.enum(['system', 'en', 'zh-CN']), default: 'system' },
  'notifications': { schema: onOff, default: 'on' },
} as const;
export type SettingName = keyof typeof SETTINGS;
export type Settings = Record<SettingName, string>;

export const settingName = z.enum(Object.keys(SETTINGS).filter(isSettingName));

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

/** All settings: what was chosen, else the default. A stored value that does not fit any more counts as not chosen. */
export function resolveSettings(chosen: Readonly<Record<string, string | undefined>>): Settings {
  const of = (name: SettingName): string => SETTINGS[name].schema.safeParse(chosen[name]).data ?? SETTINGS[name].default;
  return {
    'model': of('model'), 'queue.media': of('queue.media'), 'queue.speech': of('queue.speech'), 'queue.render': of('queue.render'), 'outputDir': of('outputDir'),
    'route.transcribe': of('route.transcribe'), 'route.video_convert': of('route.video_convert'), 'route.video_preview': of('route.video_preview'),
    'route.video_thumbnail': of('route.video_thumbnail'), 'route.image_convert': of('route.image_convert'), 'route.image_thumbnail': of('route.image_thumbnail'), 'route.document_preview': of('route.document_preview'), 'route.model_preview': of('route.model_preview'), 'route.audio_picture': of('route.audio_picture'), 'route.media_edit': of('route.media_edit'), 'route.report': of('route.report'), 'route.maintenance': of('route.maintenance'),
    'recipe.video': of('recipe.video'), 'recipe.audio': of('recipe.audio'), 'recipe.image': of('recipe.image'), 'recipe.document': of('recipe.document'), 'recipe.mesh': of('recipe.mesh'), 'hold': of('hold'), 'holdOnBattery': of('holdOnBattery'),
    'holdBelowFreeMb': of('holdBelowFreeMb'), 'holdOnHeat': of('holdOnHeat'), 'yieldToForeground': of('yieldToForeground'),
    'processorPercent': of('processorPercent'), 'tempCapMb': of('tempCapMb'), 'keepPartsDays': of('keepPartsDays'), 'cleanUp.afterHours': of('cleanUp.afterHours'), 'history.maxTasks': of('history.maxTasks'), 'history.maxMb': of('history.maxMb'), 'theme': of('theme'), 'language': of('language'), 'notifications': of('notifications'),
  };
}
