/** A screen for windows on a machine that has none. */
import { spawn } from 'node:child_process';

export interface Screen {
  /** For the environment of what opens windows; empty where the machine has a screen. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const START_LIMIT_MS = 20_000;

/** Starts an Xvfb on a display that it finds free itself; does nothing where a screen is there (a display, Windows, macOS). */
export async function openScreen(): Promise<Screen> {
  if (process.platform !== 'linux' || process.env['DISPLAY']) return { env: {}, close: () => Promise.resolve() };
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp', '-noreset'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
    server.once('error', () => resolve());
  });
  const display = await new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('Xvfb did not name a display.')), START_LIMIT_MS);
    let said = '';
    server.stdio[3]?.on('data', (text: Buffer) => {
      said += text.toString();
      if (!said.includes('\n')) return;
      clearTimeout(limit);
      resolve(said.trim());
    });
    void ended.then(() => reject(new Error('Xvfb ended at once. Install it with: apt-get install xvfb')));
  });
  return {
    env: { DISPLAY: `:${display}` },
    close: async () => {
      server.kill('SIGTERM');
      await ended;
    },
  };
}
