/** Disks of the test's own: a file with an ext4 in it, and small ones in memory. Linux and root only. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmdirSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Why no disk can be mounted here; found out by doing it. Null: it can. */
export function whyNoMounts(): string | null {
  if (process.platform !== 'linux') return 'to mount a disk of its own needs Linux';
  if (process.getuid?.() !== 0) return 'to mount a disk of its own needs root';
  const dir = mkdtempSync(join(tmpdir(), 'longhaul-look-'));
  try {
    return whyNot(() => new MemoryDisk(1, dir), 'a small disk in memory can\'t be mounted');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Why no loop device can be had here; null: it can. */
export function whyNoLoopDisks(): string | null {
  return whyNoMounts() ?? whyNot(() => new LoopDisk(), 'an ext4 in a file can\'t be mounted (mkfs.ext4 and a free loop device)');
}

function whyNot(mount: () => { remove(): unknown }, what: string): string | null {
  try {
    void mount().remove();
    return null;
  } catch (error) {
    return `${what}: ${error instanceof Error ? error.message.trim().split('\n').slice(-1).join('') : String(error)}`;
  }
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A tmpfs that is seen at a folder, and can fill up, refuse writes, and go away with all that is on it until it is back. */
export class MemoryDisk {
  /** Where it is seen. */
  readonly dir: string;
  /** Where it is always. */
  readonly #home = mkdtempSync(join(tmpdir(), 'longhaul-disk-'));

  constructor(sizeMb: number, dir: string) {
    this.dir = dir;
    run('mount', '-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=755`, 'tmpfs', this.#home);
    this.comeBack();
  }

  /** Nothing more fits, but for what others free meanwhile. */
  fill(): void {
    const ballast = openSync(join(this.#home, '.ballast'), 'w');
    const block = Buffer.alloc(4_096, 1);
    try {
      for (;;) writeSync(ballast, block);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    } finally {
      closeSync(ballast);
    }
  }

  free(): void {
    rmSync(join(this.#home, '.ballast'), { force: true });
  }

  /** Refuses every write, as a write-protected card; or takes them again. Waits until no file is open for writing. */
  async setReadOnly(isReadOnly: boolean): Promise<void> {
    await persistently(() => run('mount', '-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, this.#home));
  }

  /** Gone for everybody who looks for it by its path, as a disk that was pulled out. */
  vanish(): void {
    run('umount', '-l', this.dir);
  }

  comeBack(): void {
    mkdirSync(this.dir, { recursive: true });
    run('mount', '--bind', this.#home, this.dir);
  }

  async remove(): Promise<void> {
    run('umount', '-l', this.dir);
    await persistently(() => run('umount', '-l', this.#home));
    rmdirSync(this.#home);
  }
}

/** Large enough for a database, its log and small outputs; small enough to be made in a moment. */
const LOOP_SIZE_BYTES = 96 * 1024 ** 2;

/** An ext4 in a file, whose power can be cut (native/cut-power.c). */
export class LoopDisk {
  readonly dir: string;
  readonly #base: string;
  readonly #image: string;

  constructor() {
    this.#base = mkdtempSync(join(tmpdir(), 'longhaul-loop-'));
    this.#image = join(this.#base, 'image');
    this.dir = join(this.#base, 'disk');
    mkdirSync(this.dir);
    writeFileSync(this.#image, '');
    truncateSync(this.#image, LOOP_SIZE_BYTES);
    run('mkfs.ext4', '-q', '-F', this.#image);
    this.#mount();
  }

  /** Unmounts and mounts again: what the disk has is what there is. */
  async restart(): Promise<void> {
    await unmount(this.dir);
    this.#mount();
  }

  async remove(): Promise<void> {
    await unmount(this.dir);
    rmSync(this.#base, { recursive: true, force: true });
  }

  #mount(): void {
    run('mount', '-o', 'loop', this.#image, this.dir);
  }
}

/** Whoever was killed may still let go of the files. */
async function unmount(dir: string): Promise<void> {
  await persistently(() => run('umount', dir));
}

async function persistently(work: () => void): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return work();
    } catch (error) {
      if (tries === 100) throw error;
      await wait(30);
    }
  }
}
