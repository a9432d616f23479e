/** Why nothing (more) is started: the user's wish, the battery, a disk that is nearly full. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EngineStatus } from '../../shared/contract.ts';
import type { Settings } from '../../shared/settings.ts';
import { QUEUE_NAMES, type QueueName, type TaskId } from '../../shared/task.ts';
import type { Clock } from './clock.ts';
import type { Store } from './store/store.ts';

/** A reason to start nothing. */
export type Hold = EngineStatus['holds'][number];

export interface HoldsOptions {
  readonly settings: () => Settings;
  readonly store: Pick<Store, 'head'>;
  readonly dataDir: string;
  readonly clock: Clock;
  /** Bytes that a user may still write in a folder; null: it can't be told. */
  readonly freeBytes?: (dir: string) => Promise<number | null>;
  /** The reasons are others than before. */
  readonly onChange: () => void;
}

/** A share that does not answer by then is not waited for: the attempt will say what is wrong with it. */
const LOOK_LIMIT_MS = 5_000;
/** A look at the disks is believed for so long: short tasks follow each other faster than a disk fills by what the setting allows. */
const LOOK_VALID_MS = 2_000;
/** While a disk is too full it is looked at again this often. */
const LOOK_AGAIN_MS = 30_000;
const MB = 1_000_000;

export class Holds {
  readonly #options: HoldsOptions;
  #isOnBattery = false;
  #isDiskFull = false;
  #lookedMs: number | undefined;
  #cancelTimer: (() => void) | undefined;
  #told: string;
  #looking: Promise<void> | undefined;
  #isClosed = false;
  #only: readonly TaskId[] | null = null;

  constructor(options: HoldsOptions) {
    this.#options = options;
    this.#told = this.#state;
  }

  /** Empty: work is started. */
  get reasons(): Hold[] {
    const { hold, holdOnBattery } = this.#options.settings();
    return [...(hold === 'none' ? [] : ['user' as const]), ...(this.#isOnBattery && holdOnBattery === 'on' ? ['battery' as const] : []), ...(this.#isDiskFull ? ['disk' as const] : [])];
  }

  /** Whether what runs shall stop too. Work that would go on for hours would empty the battery. */
  get isInterrupting(): boolean {
    return this.#options.settings().hold === 'now' || this.reasons.includes('battery');
  }

  /** The host has seen that the machine runs on battery, or not any more. */
  setOnBattery(isOnBattery: boolean): void {
    this.#isOnBattery = isOnBattery;
    this.#tellIfChanged();
  }

  /** A setting has changed: the reasons may have, and a look at the disks was for another limit. */
  settingsChanged(): void {
    this.#lookedMs = undefined;
    this.#tellIfChanged();
    if (this.#isDiskFull) void this.#lookOnce();
  }

  /** Whether a queue may claim its next task (of `only`). At once where that is known, which costs nothing. */
  mayClaim(only: readonly TaskId[] | null): boolean | Promise<boolean> {
    this.#only = only;
    const { settings, clock } = this.#options;
    if (this.reasons.length > 0) return false;
    if (Number(settings().holdBelowFreeMb) === 0) return true;
    if (this.#lookedMs !== undefined && clock.monotonicMs() - this.#lookedMs < LOOK_VALID_MS) return true;
    return this.#lookOnce().then(() => this.reasons.length === 0);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
  }

  #lookOnce(): Promise<void> {
    return (this.#looking ??= this.#look().finally(() => (this.#looking = undefined)));
  }

  /** At the disk of the data folder and at those that the first task of each queue writes to. */
  async #look(): Promise<void> {
    const { settings, clock, dataDir } = this.#options;
    this.#cancelTimer?.();
    const dirs = new Set([dataDir, ...(await this.#outputDirs())]);
    const free = await Promise.all([...dirs].map((dir) => this.#freeBytes(dir)));
    // As the setting is by now.
    const limitBytes = Number(settings().holdBelowFreeMb) * MB;
    this.#isDiskFull = free.some((bytes) => bytes !== null && bytes < limitBytes);
    this.#lookedMs = clock.monotonicMs();
    if (this.#isDiskFull && !this.#isClosed) this.#cancelTimer = clock.after(LOOK_AGAIN_MS, () => void this.#lookOnce());
    this.#tellIfChanged();
  }

  /** A store that can't answer now says so to whoever claims. */
  async #outputDirs(): Promise<string[]> {
    const ask = (queue: QueueName) => this.#options.store.head(queue, this.#only).catch(() => null);
    const heads = await Promise.all(QUEUE_NAMES.map(ask));
    return heads.filter((head) => head !== null).map(({ outputDir }) => outputDir);
  }

  async #freeBytes(dir: string): Promise<number | null> {
    const { clock, freeBytes = freeBytesOf } = this.#options;
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const cancel = clock.after(LOOK_LIMIT_MS, () => resolve(null));
    return Promise.race([freeBytes(dir), late]).finally(cancel);
  }

  get #state(): string {
    return `${this.reasons.join()} ${String(this.isInterrupting)}`;
  }

  #tellIfChanged(): void {
    const now = this.#state;
    if (now === this.#told) return;
    this.#told = now;
    this.#options.onChange();
  }
}

/** Of the folder or, where it is to be made, of the one that it will be made in. */
async function freeBytesOf(dir: string): Promise<number | null> {
  for (let folder = dir; ; folder = dirname(folder)) {
    const space = await statfs(folder).catch(() => null);
    // A file system without blocks (/proc) has no room to run out of; the attempt says what is wrong with it.
    if (space !== null) return space.blocks > 0 ? space.bavail * space.bsize : null;
    if (folder === dirname(folder)) return null;
  }
}
