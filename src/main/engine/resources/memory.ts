/** How much memory a new process may still have. */
import { readFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';

/** totalBytes: what an idle machine, or the container that we live in, has for everybody. */
export interface Memory {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Where the kernel tells it; tests bring folders of their own. */
export interface KernelFolders {
  readonly procDir: string;
  readonly cgroupDir: string;
}

const KERNEL: KernelFolders = { procDir: '/proc', cgroupDir: '/sys/fs/cgroup' };
/** cgroup v1 says "no limit" by a number near 2^63. */
const NO_LIMIT_BYTES = 2 ** 60;

/** The machine's own, or less where a control group allows less. Node's os.freemem tells on Linux what nobody uses at all, cached files excluded, which is next to nothing. */
export async function readMemory(folders: KernelFolders = KERNEL, platform: NodeJS.Platform = process.platform): Promise<Memory> {
  const elsewhere = { freeBytes: freemem(), totalBytes: totalmem() };
  if (platform !== 'linux') return elsewhere;
  const [machine, groups] = await Promise.all([readMachine(folders), readGroups(folders)]);
  return [machine ?? elsewhere, ...groups].reduce((least, one) => ({
    freeBytes: Math.min(least.freeBytes, one.freeBytes), totalBytes: Math.min(least.totalBytes, one.totalBytes),
  }));
}

/** proc(5): MemAvailable is the kernel's own estimate of what a new process can have without swapping. */
async function readMachine({ procDir }: KernelFolders): Promise<Memory | null> {
  const text = await readFile(join(procDir, 'meminfo'), 'utf8').catch(() => '');
  const kilobytes = (name: string): number | null => {
    const [, figure] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text) ?? [];
    return figure === undefined ? null : Number(figure) * 1024;
  };
  const [freeBytes, totalBytes] = [kilobytes('MemAvailable'), kilobytes('MemTotal')];
  return freeBytes === null || totalBytes === null ? null : { freeBytes, totalBytes };
}

/** Every control group from ours to the root that has a limit (docs.kernel.org: cgroup-v2 memory.max; cgroup-v1 memory.limit_in_bytes). */
async function readGroups({ procDir, cgroupDir }: KernelFolders): Promise<Memory[]> {
  const lines = (await readFile(join(procDir, 'self', 'cgroup'), 'utf8').catch(() => '')).split('\n');
  const found = lines.map((line) => {
    const [hierarchy = '', controllers = '', ...path] = line.split(':');
    if (hierarchy === '0' && controllers === '') return readUpwards(cgroupDir, path.join(':'), { limit: 'memory.max', used: 'memory.current', cache: 'inactive_file' });
    if (controllers.split(',').includes('memory')) return readUpwards(join(cgroupDir, 'memory'), path.join(':'), { limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes', cache: 'total_inactive_file' });
    return Promise.resolve([]);
  });
  return (await Promise.all(found)).flat();
}

interface GroupFiles {
  readonly limit: string;
  readonly used: string;
  /** Of memory.stat: files that were read and can be dropped. */
  readonly cache: string;
}

async function readUpwards(root: string, path: string, files: GroupFiles): Promise<Memory[]> {
  const names = path.split('/').filter((name) => name !== '' && name !== '..');
  // Inside a container the path may name what lies outside of it; then only the root is there.
  const folders = names.map((_, index) => join(root, ...names.slice(0, index + 1)));
  const read = await Promise.all([root, ...folders].map((folder) => readGroup(folder, files)));
  return read.filter((memory) => memory !== null);
}

async function readGroup(folder: string, files: GroupFiles): Promise<Memory | null> {
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '');
  const [limit, used, stat] = await Promise.all([read(files.limit), read(files.used), read('memory.stat')]);
  const limitBytes = /^\d+$/.test(limit.trim()) ? Number(limit) : Infinity;
  if (limitBytes >= NO_LIMIT_BYTES || !/^\d+$/.test(used.trim())) return null;
  const cacheBytes = Number(new RegExp(`^${files.cache} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  return { freeBytes: Math.max(0, limitBytes - Number(used) + cacheBytes), totalBytes: limitBytes };
}
