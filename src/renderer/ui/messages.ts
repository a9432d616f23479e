/** What the engine says in English, in the window's language. */
import i18next from 'i18next';
import { ApiError } from '../api/api-error.ts';

/** An error as the window shows it: what happened and what to do, and what the engine said of it. */
export interface ShownError {
  readonly text: string;
  readonly details: string;
}

/** Localised by its code. `name` is the file that it is about. */
export function describeError(error: { readonly code: string; readonly message: string; readonly details?: string | undefined }, name?: string): ShownError {
  const key = `errors:${error.code}`;
  const text = i18next.exists(key) ? i18next.t(key, { name: name ?? i18next.t('errors:thisFile') }) : error.message;
  return { text, details: error.details === undefined ? error.message : `${error.message}\n${error.details}` };
}

/** Whatever was thrown. */
export function describeThrown(thrown: unknown, name?: string): ShownError {
  return describeError(ApiError.from(thrown), name);
}

/** Progress messages begin with what is being done; figures follow. */
const PHASES: readonly (readonly [RegExp, string])[] = [
  [/^starting$/, 'starting'],
  [/^reading the audio, (?<a>\d+) %$/, 'readingAudioPercent'],
  [/^reading the audio$/, 'readingAudio'],
  [/^reading, (?<a>\d+) frames$/, 'readingFrames'],
  [/^transcribing, (?<a>[\d.]+)x$/, 'transcribingSpeed'],
  [/^transcribing$/, 'transcribing'],
  [/^encoding, (?<a>[\d.]+)x$/, 'encodingSpeed'],
  [/^encoding$/, 'encoding'],
  [/^frame (?<a>\d+) of (?<b>\d+)$/, 'frame'],
  [/^page (?<a>\d+) of (?<b>\d+)$/, 'page'],
  [/^reading the document$/, 'readingDocument'],
  [/^reading the model$/, 'readingMesh'],
  [/^drawing$/, 'drawing'],
  [/^drawing the sides$/, 'drawingSides'],
  [/^putting the film together$/, 'joiningFrames'],
  [/^clip (?<a>\d+) of (?<b>\d+)$/, 'clip'],
  [/^laying out$/, 'layingOut'],
  [/^writing$/, 'writing'],
  [/^joining$/, 'joining'],
  [/^copying$/, 'copying'],
  [/^listening$/, 'listening'],
  [/^reading subtitles$/, 'readingSubtitles'],
  [/^measuring the loudness, (?<a>\d+) s$/, 'measuringLoudness'],
  [/^first pass$/, 'firstPass'],
  [/^encoding, nearer to the size$/, 'nearerToSize'],
  [/^file (?<a>\d+) of (?<b>\d+)$/, 'file'],
  [/^writing pictures, (?<a>\d+)$/, 'writingPictures'],
  [/^fitting into (?<a>\d+) kB$/, 'fittingInto'],
  [/^checking$/, 'checking'],
  [/^publishing$/, 'publishing'],
  [/^done$/, 'done'],
  [/^paused$/, 'paused'],
  [/^cancelled$/, 'cancelled'],
  [/^removed$/, 'removed'],
  [/^nothing to remove$/, 'nothingToRemove'],
  [/^removed (?<a>[\d,]+) tasks?, (?<b>.+)$/, 'removedTasks'],
  [/^removed (?<a>[\d,]+) tasks$/, 'removing'],
  [/^backed up, (?<b>.+)$/, 'backedUp'],
  [/^all is well$/, 'allIsWell'],
  [/^no new files$/, 'noNewFiles'],
  [/^looked at (?<a>[\d,]+) files$/, 'lookedAtFiles'],
  [/^nothing to reset$/, 'nothingToReset'],
  [/^reset (?<a>[\d,]+) quotas?$/, 'resetQuotas'],
  [/^added (?<a>[\d,]+) new files?$/, 'addedFiles'],
  [/^waits for memory: needs (?<a>\d.*), (?<b>\d.*) free$/, 'waitsForMemory'],
  [/^waits for the processor: needs (?<a>[\d.]+) cores, (?<b>[\d.]+) free$/, 'waitsForProcessor'],
  [/^waits for disk space: needs (?<a>\d[^,]*), (?<b>\d[^,]*) free in (?<c>.*)$/, 'waitsForDisk'],
  [/^waits for temporary files to go: (?<a>\d.*) in use, at most (?<b>\d.*)$/, 'waitsForTemp'],
  [/^waits for task (?<a>\d+) to begin first$/, 'waitsForTask'],
  [/^on hold, goes on from its checkpoint$/, 'onHold'],
  [/^interrupted, goes on from its checkpoint$/, 'interrupted'],
];

/** A task's progress message; one that nobody has translated yet as it is. */
export function describePhase(message: string): string {
  for (const [pattern, key] of PHASES) {
    const match = pattern.exec(message);
    // A pace of nothing is not known yet.
    if (match?.groups?.['a'] === '0.0') return i18next.t(`phases:${key.replace('Speed', '')}`);
    if (match !== null) return i18next.t(`phases:${key}`, { ...match.groups });
  }
  return message;
}

/** Whether a task that could begin says that it waits for something of the machine. */
export function isWaitMessage(message: string): boolean {
  return message.startsWith('waits for ');
}

/** How many times faster than it plays: `encoding, 3.1x` → 3.1; null: the message does not tell. */
export function speedOf(message: string): number | null {
  const [, speed] = /, ([\d.]+)x$/.exec(message) ?? [];
  return speed === undefined ? null : Number(speed);
}
