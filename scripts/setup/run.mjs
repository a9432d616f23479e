// Starts programs for the set-up: argument arrays only, no shell, stdin closed.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Enough of a failed program's output to find the cause, without flooding the terminal. */
const KEPT_LINES = 40;

/**
 * Runs a program to its end and resolves to { code, output }; output is its last lines, stdout and stderr mixed.
 * code is null when it was killed or ran into timeoutMs, and 127 when it could not be started.
 */
export function run(program, args, { cwd, env, timeoutMs, onLine } = {}) {
  return new Promise((resolve) => {
    const lines = [];
    const take = (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      onLine?.(line);
    };
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, killSignal: 'SIGKILL', windowsHide: true });
    const flushOut = splitLines(child.stdout, take);
    const flushErr = splitLines(child.stderr, take);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => {
      flushOut();
      flushErr();
      resolve({ code, output: lines.join('\n') });
    });
  });
}

/** Runs a program with the caller's own terminal; resolves to its exit code, and to 128 + n when signal n ended it. */
export function runAttached(program, args, { cwd, env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: 'inherit', windowsHide: true });
    const forward = (signal) => {
      // A terminal sends Ctrl-C to the child as well; sending it again would read as "stop at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const finish = (code) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.on('error', () => finish(127));
    child.on('close', (code, signal) => finish(code ?? 128 + (SIGNAL_NUMBERS[signal] ?? 0)));
  });
}

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** Absolute path of a program on PATH, or undefined. */
export function findOnPath(name, path = process.env.PATH ?? '') {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return path.split(delimiter).filter(Boolean).map((folder) => join(folder, file)).find(isProgram);
}

/** Whether a path is a file that may be executed. */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function splitLines(stream, take) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split(/\r?\n|\r/);
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
  return () => {
    if (rest !== '') take(rest);
  };
}
