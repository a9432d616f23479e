/**
 * The shell's only way to start a program of the system: an argument array, an absolute or well-known name, never a shell string.
 * Workers and media tools are the engine's and not started here.
 */
import { spawn } from 'node:child_process';

/** Ten seconds are ages for a question to the desktop. */
const ANSWER_MS = 10_000;

/** What it printed; null: it is not there, failed, or took too long. timeoutMs 0: as long as it likes. */
export function askProgram(path: string, args: readonly string[], timeoutMs = ANSWER_MS): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: timeoutMs, killSignal: 'SIGKILL', windowsHide: true });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => { text += piece; });
    child.on('error', () => { resolve(null); });
    child.on('close', (code) => { resolve(code === 0 ? text : null); });
  });
}

/** A program that runs until it is let go, or this process is gone: its standard input closes then, even after a kill. */
export function holdProgram(path: string, args: readonly string[], onFail: (why: string) => void): () => void {
  const child = spawn(path, args, { stdio: ['pipe', 'ignore', 'ignore'], windowsHide: true });
  let isLetGo = false;
  const fail = (why: string): void => { if (!isLetGo) onFail(why); };
  child.on('error', (error) => { fail(error.message); });
  child.on('close', (code, signal) => { fail(`ended with ${signal ?? `exit code ${String(code)}`}`); });
  child.stdin.on('error', () => undefined);
  return () => {
    isLetGo = true;
    child.stdin.end();
  };
}
