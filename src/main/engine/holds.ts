/** Why nothing (more) is started, or only more gently: the user's wish, the battery, heat, somebody at the machine, a disk that is nearly full. */
import type { EngineStatus } from '../../shared/contract.ts';
import type { Settings } from '../../shared/settings.ts';
import { QUEUE_NAMES, type QueueName, type TaskId } from '../../shared/task.ts';
import type { Clock } from './clock.ts';
import { readDisk } from './resources/disks.ts';
import { readHeat, type Heat } from './resources/heat.ts';
import type { Store } from './store/store.ts';

/** A reason to start nothing. */
export type Hold = EngineStatus['holds'][number];
/** What only the host can see of the machine. heat: where the kernel shows no thermal zones. */
export type HostHold = 'battery' | 'heat' | 'foreground';

export interface HoldsOptions {
  readonly settings: () => Settings;
  readonly store: Pick<Store, 'head'>;
  readonly dataDir: string;
  readonly clock: Clock;
  /** Bytes that a user may still write in a folder; null: it can't be told. */
  readonly freeBytes?: (dir: string) => Promise<number | null>;
  readonly readHeat?: (before: Heat) => Promise<Heat>;
  /** Whether anything is being worked on: what warms the machine is looked at. */
  readonly isWorking?: () => boolean;
  /** The reasons are others than before. */
  readonly onChange: () => void;
}

/** A share that does not answer by then is not waited for: the attempt will say what is wrong with it. */
const LOOK_LIMIT_MS = 5_000;
/** A look at the disks is believed for so long: short tasks follow each other faster than a disk fills by what the setting allows. */
const LOOK_VALID_MS = 2_000;
/** While a disk is too full it is looked at again this often. */
const LOOK_AGAIN_MS = 30_000;
/** A machine under load warms up over minutes; close to its limits it protects itself within milliseconds. */
const HEAT_LOOK_MS = 15_000;
const MB = 1_000_000;

const HOLDS: readonly Hold[] = ['user', 'battery', 'heat', 'foreground', 'disk'];
const INTERRUPTING: ReadonlySet<Hold> = new Set(['battery', 'heat', 'foreground']);

export class Holds {
  readonly #options: HoldsOptions;
  readonly #host = new Map<HostHold, boolean>();
  #heat: Heat = 'cool';
  #cancelHeatTimer: (() => void) | undefined;
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
    const { hold, holdOnBattery, holdOnHeat, yieldToForeground } = this.#options.settings();
    const is: Readonly<Record<Hold, boolean>> = {
      user: hold !== 'none',
      battery: holdOnBattery === 'on' && this.#host.get('battery') === true,
      heat: holdOnHeat === 'on' && (this.#heat === 'hot' || this.#host.get('heat') === true),
      foreground: yieldToForeground === 'pause' && this.#host.get('foreground') === true,
      disk: this.#isDiskFull,
    };
    return HOLDS.filter((name) => is[name]);
  }

  /** Whether what runs shall stop too. Work that would go on for hours would empty the battery, heat the machine, be in somebody's way. */
  get isInterrupting(): boolean {
    return this.#options.settings().hold === 'now' || this.reasons.some((reason) => INTERRUPTING.has(reason));
  }

  /** Whether what begins now shall take fewer cores: the machine is warm, or somebody works at it. */
  get isSlow(): boolean {
    const { holdOnHeat, yieldToForeground } = this.#options.settings();
    return (holdOnHeat === 'on' && this.#heat !== 'cool') || (yieldToForeground === 'slow' && this.#host.get('foreground') === true);
  }

  /** The host has seen something of the machine, or does not see it any more. */
  setByHost(hold: HostHold, isHeld: boolean): void {
    this.#host.set(hold, isHeld);
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
    this.#watchHeat();
    if (this.reasons.length > 0) return false;
    if (Number(settings().holdBelowFreeMb) === 0) return true;
    if (this.#lookedMs !== undefined && clock.monotonicMs() - this.#lookedMs < LOOK_VALID_MS) return true;
    return this.#lookOnce().then(() => this.reasons.length === 0);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#cancelHeatTimer?.();
  }

  /** Only while something runs, or until the machine is cool again. */
  #watchHeat(): void {
    if (this.#isClosed || this.#options.settings().holdOnHeat === 'off') return;
    this.#cancelHeatTimer ??= this.#options.clock.after(HEAT_LOOK_MS, () => void this.#lookAtHeat());
  }

  async #lookAtHeat(): Promise<void> {
    const { readHeat: read = readHeat, isWorking } = this.#options;
    this.#heat = await read(this.#heat);
    this.#cancelHeatTimer = undefined;
    if (this.#heat !== 'cool' || isWorking?.() === true) this.#watchHeat();
    this.#tellIfChanged();
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
    const { clock, freeBytes = (folder: string) => readDisk(folder).then((disk) => disk?.freeBytes ?? null) } = this.#options;
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const cancel = clock.after(LOOK_LIMIT_MS, () => resolve(null));
    return Promise.race([freeBytes(dir), late]).finally(cancel);
  }

  get #state(): string {
    return `${this.reasons.join()} ${String(this.isInterrupting)} ${String(this.isSlow)}`;
  }

  #tellIfChanged(): void {
    const now = this.#state;
    if (now === this.#told) return;
    this.#told = now;
    this.#options.onChange();
  }
}
