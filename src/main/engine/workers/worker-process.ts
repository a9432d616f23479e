/** How a worker process is started. Node hosts fork; a desktop host brings its own (Electron's utilityProcess). */
import { fork, spawn, type ChildProcess } from 'node:child_process';

/** A started worker process, whatever started it. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, also when it could not be started. */
  onExit(listener: (how: string) => void): void;
  /** Ends it and the tools it has started, at once, without running any of their code. */
  kill(): void;
}

export type StartWorkerProcess = (entryPath: string, onOutput: (line: string) => void) => WorkerProcess;

/** A worker as a forked Node process. Messages are structured clones; its output goes to the log. */
export const forkWorkerProcess: StartWorkerProcess = (entryPath, onOutput) => {
  const child = fork(entryPath, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--enable-source-maps'],
    // A terminal sends Ctrl-C to its whole process group. In a group of their own, workers and their tools stop when the engine says so.
    detached: process.platform !== 'win32',
  });
  const exits: ((how: string) => void)[] = [];
  let ended: string | undefined;
  const end = (how: string): void => {
    if (ended !== undefined) return;
    ended = how;
    for (const listener of exits) listener(how);
  };
  child.on('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  child.on('error', (error) => {
    // A failed send is followed by exit; only a failed start is not.
    if (child.pid === undefined) end(error.message);
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => text.split('\n').filter((line) => line !== '').forEach(onOutput));
  }
  return {
    pid: child.pid,
    send: (message) => {
      if (child.connected) child.send(message, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      if (ended === undefined) exits.push(listener);
      else listener(ended);
    },
    kill: () => killTree(child),
  };
};

/**
 * The worker leads a process group (`detached` above), so one signal reaches it and what its tools started too; of those the kernel's
 * parent-death signal would only reach the tools themselves. On Windows taskkill follows the parents.
 */
function killTree(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === 'win32') spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () => child.kill('SIGKILL'));
  else {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
  }
}
