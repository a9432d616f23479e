/** What runs on this machine, to see that nothing is left behind. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface RunningProcess {
  readonly pid: number;
  /** Program and arguments, separated by spaces. */
  readonly command: string;
}

/** Processes with this text (a folder of the test) in their command. */
export async function processesNaming(text: string): Promise<RunningProcess[]> {
  return (await allProcesses()).filter(({ pid, command }) => pid !== process.pid && command.includes(text));
}

async function allProcesses(): Promise<RunningProcess[]> {
  switch (process.platform) {
    case 'linux':
      return linuxProcesses();
    case 'win32':
      return parse((await execute('powershell', ['-NoProfile', '-Command', 'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.CommandLine)" }'], { maxBuffer: 16_000_000 })).stdout);
    default:
      return parse((await execute('ps', ['-axww', '-o', 'pid=,args='], { maxBuffer: 16_000_000 })).stdout);
  }
}

/** Without ps, which a bare Debian lacks. A process may end while it is looked at; one that has ended has no command any more. */
async function linuxProcesses(): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map(async (pid) => ({ pid: Number(pid), command: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ') })));
}

function parse(lines: string): RunningProcess[] {
  return lines.split('\n').map((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), command: command ?? '' };
  });
}
