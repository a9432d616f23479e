/** What makes files and their names survive a power cut, for code that may wait. */
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Makes new and removed names in a folder survive a power cut. Windows has no such call and journals names by itself. */
export function syncFolder(dir: string): void {
  if (process.platform !== 'win32') sync(dir, 'r');
}

/** Brings a file's contents to the disk. Never for a database that this process has open: closing its descriptor drops the lock. */
export function syncFile(file: string): void {
  sync(file, 'r+');
}

function sync(path: string, flags: 'r' | 'r+'): void {
  const descriptor = openSync(path, flags);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
