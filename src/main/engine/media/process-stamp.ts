/** Knows a process again: a pid alone is reused, a pid with the time it started is not. */
import { readFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * The operating system's start stamp of a running process, or null where there is none. Linux: boot id and field 22 of
 * /proc/PID/stat (proc(5)); macOS: `ps -o lstart=`; Windows: StartTime ticks by PowerShell.
 */
export async function processStartStamp(pid: number): Promise<string | null> {
  try {
    switch (process.platform) {
      case 'linux':
        return await linuxStamp(pid);
      case 'win32':
        return nonEmpty((await execute('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', `(Get-Process -Id ${Math.trunc(pid)}).StartTime.Ticks`])).stdout);
      default:
        return nonEmpty((await execute('ps', ['-o', 'lstart=', '-p', String(Math.trunc(pid))])).stdout);
    }
  } catch {
    // Every way above fails exactly when the process is gone.
    return null;
  }
}

/** Ends a process if it is still the one that has this stamp. True when it was there. */
export async function killStamped(pid: number, startStamp: string): Promise<boolean> {
  if ((await processStartStamp(pid)) !== startStamp) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

async function linuxStamp(pid: number): Promise<string | null> {
  const [stat, bootId] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/sys/kernel/random/boot_id', 'utf8')]);
  // The second field is the command in parentheses and may hold anything; fields count from behind its last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (startTicks === undefined || state === 'Z') return null;
  return `${bootId.trim()}:${startTicks}`;
}

function nonEmpty(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
