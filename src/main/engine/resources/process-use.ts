/**
 * What processes use, by proc(5). Elsewhere than on Linux nobody can tell, and estimates stay as they are: a worker knows of itself, but
 * FFmpeg and Whisper, its tools, hold nearly all of an attempt's memory.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ProcessUse {
  readonly parentPid: number;
  /** In memory now, and at most so far. */
  readonly memoryBytes: number;
  readonly peakBytes: number;
  /** Of the process and of its children that have ended and were waited for. */
  readonly processorSeconds: number;
}

/** USER_HZ, in which the kernel tells times to programs: 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Null: it is gone, or nobody can tell. */
export async function readProcess(pid: number, procDir = '/proc'): Promise<ProcessUse | null> {
  const read = (name: string): Promise<string> => readFile(join(procDir, String(pid), name), 'utf8');
  try {
    const [stat, status] = await Promise.all([read('stat'), read('status')]);
    // The second field is the command in parentheses and may hold anything; fields count from behind its last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
    const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + (fields[index] ?? 0), 0);
    return { parentPid: fields[1] ?? 0, memoryBytes: kilobytes('VmRSS'), peakBytes: kilobytes('VmHWM'), processorSeconds: ticks / TICKS_PER_SECOND };
  } catch {
    return null;
  }
}
