/** Which files other programs are writing at this moment. Linux tells it in /proc, of the processes that this user may look at; elsewhere nobody does. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { isWithin } from './file-filter.ts';

/** O_WRONLY and O_RDWR, in the octal flags of /proc/<pid>/fdinfo (proc_pid_fdinfo(5), open(2)). */
const WRITING = 0o3;
const AT_ONCE = 16;

/** Absolute real paths below the folder (which is real itself) that are open for writing. */
export async function openForWriting(folder: string): Promise<ReadonlySet<string>> {
  const open = new Set<string>();
  if (process.platform !== 'linux') return open;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (let from = 0; from < pids.length; from += AT_ONCE) {
    await Promise.all(pids.slice(from, from + AT_ONCE).map((pid) => addOpen(pid, folder, open)));
  }
  return open;
}

/** Processes end and close files meanwhile: what can't be read is not open. */
async function addOpen(pid: string, folder: string, open: Set<string>): Promise<void> {
  for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    const path = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    if (!path.startsWith('/') || !isWithin(path, folder)) continue;
    const flags = /^flags:\s*([0-7]+)$/m.exec(await readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8').catch(() => ''))?.[1];
    if (flags !== undefined && (Number.parseInt(flags, 8) & WRITING) !== 0) open.add(path);
  }
}
