/** A disk that can be filled: a tmpfs of a few megabytes. Needs Linux and root. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const SIZE = '3m';

/** Whether this process may mount; found out by doing it. */
export function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    unmount(mount());
    return true;
  } catch {
    return false;
  }
}

/** The mounted folder; it goes when the test ends. */
export function mountSmallDisk(): string {
  const dir = mount();
  onTestFinished(() => unmount(dir));
  return dir;
}

function mount(): string {
  const dir = mkdtempSync(join(tmpdir(), 'longhaul-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', dir], { stdio: 'ignore' });
  return dir;
}

function unmount(dir: string): void {
  execFileSync('umount', [dir], { stdio: 'ignore' });
  rmdirSync(dir);
}
