/** What is free for tasks that begin now: what the machine says, less what running attempts will still take. */
import { availableParallelism } from 'node:os';
import type { TaskId } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
import { readDisk, type Disk } from './disks.ts';
import { readMemory, type Memory } from './memory.ts';
import type { Need } from './needs.ts';
import type { Amount, Room } from './policy.ts';
import type { UsedNow } from './usage.ts';

/** What a running attempt is expected to need in all. */
export interface RunningNeed extends Need {
  readonly id: TaskId;
  readonly outputDir: string | null;
}

export interface RoomOptions {
  readonly clock: Clock;
  readonly workDir: string;
  /** Of all cores, how many running tasks may be expected to use together; more than one: lanes leave each other gaps. */
  readonly processorFactor: () => number;
  /** Stays free on every disk. */
  readonly keepFreeBytes: () => number;
  readonly cores?: number;
  readonly readMemory?: () => Promise<Memory>;
  readonly readDisk?: (dir: string) => Promise<Disk | null>;
}

/** A look at the memory is believed for so long; what begins meanwhile is subtracted from it. */
const LOOK_VALID_MS = 2_000;
/** The same for a disk, which fills faster: by what a program copies in a second. */
const DISK_VALID_MS = 1_000;
/** Folders looked at that are remembered; more are looked at again. */
const MOST_DISKS = 100;
/** A share that does not answer by then does not limit anything: the attempt will say what is wrong with it. */
const LOOK_LIMIT_MS = 5_000;
/** Left to the system: a machine filled to the last byte swaps or kills. */
const RESERVE = { share: 0.05, mostBytes: 512_000_000 } as const;
const ENDLESS: Amount = { free: Infinity, total: Infinity };

type Used = (id: TaskId) => UsedNow;

export class RoomFinder {
  readonly #options: RoomOptions;
  #memory: Memory | undefined;
  #memoryMs = 0;
  readonly #disks = new Map<string, { readonly look: Promise<Disk | null>; readonly atMs: number }>();
  /** Asked once: it reads the control group's files each time. */
  readonly #cores: number;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#cores = options.cores ?? availableParallelism();
  }

  get workDir(): string {
    return this.#options.workDir;
  }

  /** Cores that running tasks may be expected to use together. */
  get processors(): number {
    return this.#cores * this.#options.processorFactor();
  }

  /** Memory and cores alone, by a look that may be some seconds old. */
  async rough(running: readonly RunningNeed[], used: Used): Promise<{ memoryBytes: number; processors: number }> {
    const memory = await this.#memoryFor(running, used);
    return { memoryBytes: memory.free, processors: this.#processorsFor(running).free };
  }

  /** Everything that tasks with these output folders may need. */
  async find(running: readonly RunningNeed[], used: Used, outputDirs: readonly (string | null)[]): Promise<Room> {
    const dirs = [...new Set([...outputDirs, ...running.map(({ outputDir }) => outputDir)])].filter((dir) => dir !== null);
    const [memory, work, ...disks] = await Promise.all([this.#memoryFor(running, used), this.#disk(this.workDir), ...dirs.map((dir) => this.#disk(dir))]);
    const deviceOf = new Map(dirs.map((dir, index) => [dir, disks[index] ?? null]));
    /** What running attempts will still write to a device. */
    const owed = (device: number): number => running.reduce((sum, { id, workBytes, outputBytes, outputDir }) => {
      const now = used(id);
      const toWork = work?.device === device ? Math.max(0, workBytes - now.workBytes) : 0;
      const toOutput = outputDir !== null && deviceOf.get(outputDir)?.device === device ? Math.max(0, outputBytes - now.draftBytes) : 0;
      return sum + toWork + toOutput;
    }, 0);
    const amount = (disk: Disk | null): Amount => (disk === null ? ENDLESS : { free: Math.max(0, disk.freeBytes - this.#options.keepFreeBytes() - owed(disk.device)), total: disk.totalBytes });
    const outputs = new Map(dirs.map((dir): [string, Amount | 'work'] => {
      const disk = deviceOf.get(dir) ?? null;
      return [dir, disk !== null && disk.device === work?.device ? 'work' : amount(disk)];
    }));
    return { memory, processors: this.#processorsFor(running), work: amount(work ?? null), outputs };
  }

  async #memoryFor(running: readonly RunningNeed[], used: Used): Promise<Amount> {
    const { clock, readMemory: read = readMemory } = this.#options;
    if (this.#memory === undefined || clock.monotonicMs() - this.#memoryMs >= LOOK_VALID_MS) {
      this.#memory = await read();
      this.#memoryMs = clock.monotonicMs();
    }
    const { freeBytes, totalBytes } = this.#memory;
    const reserveBytes = Math.min(RESERVE.mostBytes, totalBytes * RESERVE.share);
    const owedBytes = running.reduce((sum, { id, memoryBytes }) => sum + Math.max(0, memoryBytes - used(id).memoryBytes), 0);
    return { free: Math.max(0, freeBytes - reserveBytes - owedBytes), total: totalBytes - reserveBytes };
  }

  #processorsFor(running: readonly RunningNeed[]): Amount {
    const total = this.processors;
    return { free: Math.max(0, total - running.reduce((sum, { processors }) => sum + processors, 0)), total };
  }

  #disk(dir: string): Promise<Disk | null> {
    const nowMs = this.#options.clock.monotonicMs();
    const known = this.#disks.get(dir);
    if (known !== undefined && nowMs - known.atMs < DISK_VALID_MS) return known.look;
    if (this.#disks.size >= MOST_DISKS) this.#disks.clear();
    const look = this.#lookAt(dir);
    this.#disks.set(dir, { look, atMs: nowMs });
    return look;
  }

  #lookAt(dir: string): Promise<Disk | null> {
    const { clock, readDisk: read = readDisk } = this.#options;
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const cancel = clock.after(LOOK_LIMIT_MS, () => resolve(null));
    return Promise.race([read(dir), late]).finally(cancel);
  }
}
