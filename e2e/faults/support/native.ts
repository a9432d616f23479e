/** The faults that need C: compiled with the machine's own compiler when a test asks for them. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = join(import.meta.dirname, '..', 'native');

/** Why nothing can be compiled here; null: it can. */
export function whyNoCompiler(): string | null {
  if (process.platform !== 'linux') return 'the faults in C are for Linux';
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'there is no C compiler (cc)';
  }
}

/** Path of the compiled fault library, in dir. */
export function compileShim(dir: string): string {
  const path = join(dir, 'shim.so');
  execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', path, join(SOURCES, 'shim.c'), '-ldl']);
  return path;
}

/** Path of the compiled program that cuts a file system's power. */
export function compileCutPower(dir: string): string {
  const path = join(dir, 'cut-power');
  execFileSync('cc', ['-O2', '-o', path, join(SOURCES, 'cut-power.c')]);
  return path;
}

/** Linux's numbers of the errors that disks answer with (errno-base.h). */
export const ERRNO = { EIO: 5, ENOSPC: 28, EROFS: 30 } as const;

export interface ShimOptions {
  /** Faults hit files below this path only. */
  readonly prefix?: string;
  /** The process ends itself, kill -9, at this sync of a file whose path ends in `match`. */
  readonly killAt?: { readonly sync: number; readonly match: string; readonly isAfter: boolean };
}

/** One control file, and the environment of the processes that obey it. Offsets as in struct control of shim.c. */
export class Shim {
  readonly env: Readonly<Record<string, string>>;
  readonly #control: string;

  constructor(library: string, control: string, { prefix, killAt }: ShimOptions = {}) {
    this.#control = control;
    writeFileSync(control, Buffer.alloc(4096));
    this.env = {
      LD_PRELOAD: library, SHIM_CONTROL: control,
      ...(prefix === undefined ? {} : { SHIM_PREFIX: prefix }),
      ...(killAt === undefined ? {} : { SHIM_KILL_AT: String(killAt.sync), SHIM_KILL_MATCH: killAt.match, ...(killAt.isAfter ? { SHIM_KILL_AFTER: '1' } : {}) }),
    };
  }

  /** From now on writes below the prefix fail so; 0: they go well again. */
  failWrites(errno: number): void {
    this.#int32(0, errno);
  }

  /** The same for reads and for opening. */
  failReads(errno: number): void {
    this.#int32(4, errno);
  }

  /** From now on syncs below the prefix do nothing and say that they did. */
  lie(): void {
    this.#int32(8, 1);
  }

  /** The wall clock of all of its processes, against the machine's. */
  moveWallClock(offsetMs: number): void {
    const value = Buffer.alloc(8);
    value.writeBigInt64LE(BigInt(Math.trunc(offsetMs)));
    this.#write(16, value);
  }

  #int32(at: number, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    this.#write(at, bytes);
  }

  #write(at: number, bytes: Buffer): void {
    const file = openSync(this.#control, 'r+');
    writeSync(file, bytes, 0, bytes.length, at);
    closeSync(file);
  }
}
