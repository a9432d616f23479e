/** One running desktop app and what a person does with it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { _electron, errors, expect, type ElectronApplication, type Page } from '@playwright/test';
import * as z from 'zod';
import { QUERIES, type EngineStatus } from '../../src/shared/contract.ts';
import type { SettingName } from '../../src/shared/settings.ts';
import { task as taskSchema, type Task } from '../../src/shared/task.ts';

/** A cold start on a busy machine; it takes 0.5 to 1.5 s on a quiet one. */
const START_LIMIT_MS = 30_000;
/**
 * About one start in a hundred of Electron 22, Playwright attaches at the very moment in which the page is committed, is never told of
 * it and waits for ever (its protocol log: frames of the old document, requests of the new one). The app is fine and unaware.
 */
const STARTS = 3;

export interface LaunchOptions {
  readonly executablePath: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const envelope = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string(), message: z.string() }) }),
]);

/** Owns the process. */
export class DesktopApp {
  readonly electron: ElectronApplication;
  readonly page: Page;
  /** Resolves with the exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Starts before this one that Playwright did not get hold of. They ran for a while, and may have taken up work. */
  readonly lostStarts: number;
  readonly #output: string[];
  /** Playwright forgets it when the app ends. */
  readonly #process: ChildProcess;

  private constructor(electron: ElectronApplication, page: Page, output: string[], lostStarts: number) {
    this.lostStarts = lostStarts;
    this.electron = electron;
    this.page = page;
    this.#output = output;
    const child = electron.process();
    this.#process = child;
    this.ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit').then(([code]) => z.int().nullable().parse(code)) : Promise.resolve(child.exitCode);
  }

  /** Starts it and waits for its first window. */
  static async launch(options: LaunchOptions): Promise<DesktopApp> {
    for (let lostStarts = 0; ; lostStarts += 1) {
      const app = await DesktopApp.#start(options, lostStarts).catch((error: unknown) => {
        if (!(error instanceof errors.TimeoutError) || lostStarts + 1 === STARTS) throw error;
        console.log('Playwright did not get hold of the app in time; it is started again.');
        return null;
      });
      if (app !== null) return app;
    }
  }

  static async #start({ executablePath, args, env }: LaunchOptions, lostStarts: number): Promise<DesktopApp> {
    const electron = await _electron.launch({ executablePath, args: [...args], env: { ...processEnv(), ...env }, timeout: START_LIMIT_MS });
    const output: string[] = [];
    for (const stream of [electron.process().stdout, electron.process().stderr]) stream?.on('data', (text: Buffer) => output.push(text.toString()));
    try {
      return new DesktopApp(electron, await electron.firstWindow({ timeout: START_LIMIT_MS }), output, lostStarts);
    } catch (error) {
      electron.process().kill('SIGKILL');
      throw error;
    }
  }

  get pid(): number {
    return z.int().parse(this.#process.pid);
  }

  /** What it printed. */
  get output(): string {
    return this.#output.join('');
  }

  /** Asks as the window's page does; goes through main, so that it also works when the page of the test has crashed. */
  async ask<T>(method: string, input: object, result: z.ZodType<T>): Promise<T> {
    const script = `window.longhaul.call[${JSON.stringify(method)}](${JSON.stringify(input)})`;
    const answer: unknown = await this.electron.evaluate(({ BrowserWindow }, text) => {
      const [window] = BrowserWindow.getAllWindows();
      if (window === undefined) throw new Error('There is no window.');
      return window.webContents.executeJavaScript(text);
    }, script);
    const told = envelope.parse(answer);
    if (!told.ok) throw new Error(`${method} failed with ${told.error.code}: ${told.error.message}`);
    return result.parse(told.value);
  }

  async tasks(): Promise<Task[]> {
    return (await this.ask('listTasks', {}, QUERIES.listTasks.output)).tasks;
  }

  async task(id: number): Promise<Task> {
    return this.ask('getTask', { id }, taskSchema);
  }

  async status(): Promise<EngineStatus> {
    return this.ask('getStatus', {}, QUERIES.getStatus.output);
  }

  async log(id: number): Promise<{ lines: string[] }> {
    return this.ask('getLog', { id }, QUERIES.getLog.output);
  }

  /** A setting of the engine. */
  async set(name: SettingName, value: string): Promise<void> {
    await this.ask('setSetting', { name, value }, z.object({}));
  }

  /** All text of the window's page. */
  async pageText(): Promise<string> {
    return z.string().parse(await this.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText')));
  }

  /** Hands in one file with one recipe, past the intake. */
  async add(input: string, recipe: string, outputDir: string): Promise<number> {
    const { tasks } = await this.ask('addTasks', { tasks: [{ input, recipe, outputDir }] }, z.object({ tasks: z.array(z.object({ id: z.int() })) }));
    return z.int().parse(tasks[0]?.id);
  }

  /** A drop from the system's file manager: real paths, and no event that a script made. */
  async drop(...files: string[]): Promise<void> {
    const session = await this.electron.context().newCDPSession(this.page);
    const { width, height } = await this.page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
    const at = { x: Math.round(width / 2), y: Math.round(height / 2) };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, ...at, data: { items: [], files, dragOperationsMask: 1 } });
    }
    await session.detach();
  }

  async isWindowVisible(): Promise<boolean> {
    return this.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((window) => window.isVisible()));
  }

  /** Out of its user's sight, without a word: closing it would be told. Not before it was shown: that would bring it back. */
  async hideWindow(): Promise<void> {
    await expect.poll(() => this.isWindowVisible()).toBe(true);
    await this.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    await expect.poll(() => this.isWindowVisible()).toBe(false);
  }

  /** As the window's own close button does it. */
  async closeWindow(): Promise<void> {
    await this.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  }

  /** As the menu does it; resolves with the exit code. */
  async quit(): Promise<number | null> {
    // After the answer: a program that quits does not answer any more.
    await this.electron.evaluate(({ app }) => void setTimeout(() => app.quit(), 50));
    return this.ended;
  }

  /** kill -9 of the main process; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended;
  }
}

/** This process's environment without what would make an Electron behave like a Node. */
export function processEnv(): Record<string, string> {
  const unwanted = new Set(['ELECTRON_RUN_AS_NODE', 'NODE_OPTIONS']);
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined || unwanted.has(name) ? [] : [[name, value]])));
}
