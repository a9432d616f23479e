/** Playwright's test with a machine to run on and a user who has folders of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { test as base } from '@playwright/test';
import { processesNaming } from '../support/processes.ts';
import { DesktopApp, processEnv } from './desktop-app.ts';
import { prepareMachine, type Machine } from './machine.ts';

export { expect } from '@playwright/test';

/** The bundled clip with spoken words. */
export const SAMPLE = join(import.meta.dirname, '../../resources/samples/longhaul-sample.mp4');

/** One person at one machine: a data folder, an output folder, and what they start. */
export class DesktopUser {
  readonly dir = mkdtempSync(join(tmpdir(), 'longhaul-desktop-'));
  readonly dataDir = join(this.dir, 'data');
  readonly outDir = join(this.dir, 'out');
  readonly machine: Machine;
  readonly #apps: DesktopApp[] = [];

  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** What each of this user's starts gets. */
  get switches(): string[] {
    return [`--user-data-dir=${join(this.dir, 'profile')}`, '--lang=en-US'];
  }

  get env(): Record<string, string> {
    return {
      ...this.machine.env, LONGHAUL_DATA: this.dataDir, LANGUAGE: 'en', LC_ALL: 'C.UTF-8',
      // Start at login writes here: not into the home of whoever runs the tests.
      XDG_CONFIG_HOME: join(this.dir, 'config'),
    };
  }

  /** Starts the app and waits for its window. */
  async start(...args: string[]): Promise<DesktopApp> {
    const app = await DesktopApp.launch({ executablePath: this.machine.electronPath, args: [this.machine.appDir, ...this.switches, ...args], env: this.env });
    this.#apps.push(app);
    return app;
  }

  /** A second start while the app runs: the system does that when a file is opened with it. */
  async startAgain(...args: string[]): Promise<{ code: number | null; signal: string | null }> {
    const child = spawn(this.machine.electronPath, [this.machine.appDir, ...this.switches, '--no-sandbox', ...args], { env: { ...processEnv(), ...this.env }, stdio: 'ignore', cwd: this.dir });
    return new Promise((resolve, reject) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', reject);
    });
  }

  /** What the app started for this user's work and is still there: FFmpeg, whisper-cli, workers' tools. */
  async toolsLeft(): Promise<string[]> {
    return (await processesNaming(this.dir)).map(({ command }) => command).filter((command) => /ffmpeg|ffprobe|whisper/.test(command));
  }

  /** What each start printed so far. */
  get outputs(): string[] {
    return this.#apps.map(({ output }) => output);
  }

  /** Ends what still runs and removes the folders. */
  async leave(): Promise<void> {
    for (const app of this.#apps) await app.kill();
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

interface TestParts {
  readonly user: DesktopUser;
}
interface WorkerParts {
  readonly machine: Machine;
}

/** `user` has nothing running yet; `machine` is prepared once. */
export const test = base.extend<TestParts, WorkerParts>({
  // Playwright wants a pattern here, and the linter none that is empty.
  machine: [async ({ playwright: _ }, use) => {
    const machine = await prepareMachine();
    await use(machine);
    await machine.close();
  }, { scope: 'worker', timeout: 300_000 }],
  user: async ({ machine }, use, testInfo) => {
    testInfo.annotations.push({ type: 'electron', description: machine.electronVersion });
    machine.desktop?.forget();
    const user = new DesktopUser(machine);
    await use(user);
    // A test that fails leaves what its apps said.
    if (testInfo.status !== testInfo.expectedStatus) for (const [index, text] of user.outputs.entries()) await testInfo.attach(`output of start ${String(index + 1)}`, { body: text, contentType: 'text/plain' });
    await user.leave();
  },
});
