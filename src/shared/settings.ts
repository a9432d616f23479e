/** Every setting of the engine: its name, what it may be, and what it is when nobody chose. Values are text, as the store keeps them. */
import * as z from 'zod';

const wholeNumber = (min: number, max: number) => z.string().regex(/^\d{1,15}$/).refine((text) => Number(text) >= min && Number(text) <= max, `a whole number from ${min} to ${max}`);
const onOff = z.enum(['on', 'off']);

/** Kinds of files that a person drops; each remembers the recipe that was used last. */
export const FILE_KINDS = ['video', 'audio'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export const SETTINGS = {
  /** A model's name, or auto: the best one on the machine. */
  'model': { schema: z.string().min(1).max(4096), default: 'auto' },
  /** Tasks at a time. FFmpeg and Whisper use all cores by themselves. */
  'queue.media': { schema: wholeNumber(1, 16), default: '1' },
  'queue.speech': { schema: wholeNumber(1, 16), default: '1' },
  /** Absolute path of the folder for results; empty: beside each input. */
  'outputDir': { schema: z.string().max(4096), default: '' },
  /** The recipe that is suggested for a kind of file. */
  'recipe.video': { schema: z.string().min(1).max(100), default: 'mp4-h264' },
  'recipe.audio': { schema: z.string().min(1).max(100), default: 'transcript' },
  /** What the user asked of all work: none: go on. afterCurrent: start nothing more. now: interrupt too. */
  'hold': { schema: z.enum(['none', 'afterCurrent', 'now']), default: 'none' },
  /** Whether work waits while the machine runs on battery. */
  'holdOnBattery': { schema: onOff, default: 'off' },
  /** Nothing new is started while a disk that is written to has less free than this, in MB. 0: always. */
  'holdBelowFreeMb': { schema: wholeNumber(0, 10_000_000), default: '500' },
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
    'model': of('model'), 'queue.media': of('queue.media'), 'queue.speech': of('queue.speech'), 'outputDir': of('outputDir'),
    'recipe.video': of('recipe.video'), 'recipe.audio': of('recipe.audio'), 'hold': of('hold'), 'holdOnBattery': of('holdOnBattery'),
    'holdBelowFreeMb': of('holdBelowFreeMb'), 'theme': of('theme'), 'language': of('language'), 'notifications': of('notifications'),
  };
}
