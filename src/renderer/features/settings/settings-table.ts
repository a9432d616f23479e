/** Every setting that a person chooses on the settings page: where it belongs, what it may be and what it is when nobody chose. */
import type { Preferences } from '../../../shared/host-contract.ts';
import type { FileKind, SettingName } from '../../../shared/settings.ts';

export const SETTING_GROUPS = ['appearance', 'results', 'work', 'power', 'app'] as const;
export type SettingGroup = (typeof SETTING_GROUPS)[number];

/** How it is chosen. Values are text everywhere; a switch is `on` or `off`. */
export type Control =
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly step: number }
  | { readonly kind: 'folder' }
  | { readonly kind: 'address' }
  | { readonly kind: 'recipe'; readonly fileKind: FileKind };

/** Where it is kept: with the engine, the same for every window, or with the desktop app. */
export type Keeper = { readonly kind: 'engine'; readonly name: SettingName } | { readonly kind: 'desktop'; readonly name: keyof Preferences };

export interface SettingEntry {
  /** Names its texts: `entry.<key>` in settings.json. */
  readonly key: string;
  readonly group: SettingGroup;
  readonly keeper: Keeper;
  readonly control: Control;
  readonly fallback: string;
}

const engine = (name: SettingName): Keeper => ({ kind: 'engine', name });
const desktop = (name: keyof Preferences): Keeper => ({ kind: 'desktop', name });
const onOff: Control = { kind: 'switch' };
const tasksAtATime: Control = { kind: 'number', min: 1, max: 16, step: 1 };

/** The defaults are those of shared/settings.ts and shared/host-contract.ts, which need zod; a test compares. */
export const SETTING_ENTRIES = [
  { key: 'theme', group: 'appearance', keeper: engine('theme'), control: { kind: 'choice', values: ['system', 'light', 'dark'] }, fallback: 'system' },
  { key: 'language', group: 'appearance', keeper: engine('language'), control: { kind: 'choice', values: ['system', 'en', 'zh-CN'] }, fallback: 'system' },
  { key: 'notifications', group: 'appearance', keeper: engine('notifications'), control: onOff, fallback: 'on' },
  { key: 'outputDir', group: 'results', keeper: engine('outputDir'), control: { kind: 'folder' }, fallback: '' },
  { key: 'recipeVideo', group: 'results', keeper: engine('recipe.video'), control: { kind: 'recipe', fileKind: 'video' }, fallback: 'mp4-h264' },
  { key: 'recipeAudio', group: 'results', keeper: engine('recipe.audio'), control: { kind: 'recipe', fileKind: 'audio' }, fallback: 'transcript' },
  { key: 'recipeImage', group: 'results', keeper: engine('recipe.image'), control: { kind: 'recipe', fileKind: 'image' }, fallback: 'image-web' },
  { key: 'recipeDocument', group: 'results', keeper: engine('recipe.document'), control: { kind: 'recipe', fileKind: 'document' }, fallback: 'document-preview' },
  { key: 'recipeMesh', group: 'results', keeper: engine('recipe.mesh'), control: { kind: 'recipe', fileKind: 'mesh' }, fallback: 'model-still' },
  { key: 'queueMedia', group: 'work', keeper: engine('queue.media'), control: tasksAtATime, fallback: '1' },
  { key: 'queueSpeech', group: 'work', keeper: engine('queue.speech'), control: tasksAtATime, fallback: '1' },
  { key: 'queueRender', group: 'work', keeper: engine('queue.render'), control: { kind: 'number', min: 0, max: 64, step: 1 }, fallback: '0' },
  { key: 'holdBelowFreeMb', group: 'work', keeper: engine('holdBelowFreeMb'), control: { kind: 'number', min: 0, max: 10_000_000, step: 100 }, fallback: '500' },
  { key: 'cleanUpAfterHours', group: 'work', keeper: engine('cleanUp.afterHours'), control: { kind: 'number', min: 0, max: 87_600, step: 24 }, fallback: '24' },
  { key: 'processorPercent', group: 'work', keeper: engine('processorPercent'), control: { kind: 'number', min: 10, max: 1_600, step: 50 }, fallback: '200' },
  { key: 'tempCapMb', group: 'work', keeper: engine('tempCapMb'), control: { kind: 'number', min: 1, max: 100_000_000, step: 1000 }, fallback: '100000' },
  { key: 'keepPartsDays', group: 'work', keeper: engine('keepPartsDays'), control: { kind: 'number', min: 1, max: 3_650, step: 1 }, fallback: '30' },
  { key: 'holdOnBattery', group: 'power', keeper: engine('holdOnBattery'), control: onOff, fallback: 'off' },
  { key: 'holdOnHeat', group: 'power', keeper: engine('holdOnHeat'), control: onOff, fallback: 'on' },
  { key: 'yieldToForeground', group: 'power', keeper: engine('yieldToForeground'), control: { kind: 'choice', values: ['off', 'slow', 'pause'] }, fallback: 'off' },
  { key: 'whenDone', group: 'power', keeper: desktop('whenDone'), control: { kind: 'choice', values: ['nothing', 'sleep', 'shutdown', 'quit'] }, fallback: 'nothing' },
  { key: 'closeToTray', group: 'app', keeper: desktop('closeToTray'), control: onOff, fallback: 'on' },
  { key: 'startAtLogin', group: 'app', keeper: desktop('startAtLogin'), control: onOff, fallback: 'off' },
  { key: 'hardwareAcceleration', group: 'app', keeper: desktop('hardwareAcceleration'), control: onOff, fallback: 'on' },
  { key: 'updateFeed', group: 'app', keeper: desktop('updateFeed'), control: { kind: 'address' }, fallback: '' },
] as const satisfies readonly SettingEntry[];
