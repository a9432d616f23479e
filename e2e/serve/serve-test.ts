/** Playwright's test with a person at a browser and a `longhaul serve` of their own. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test as base, type Locator, type Page } from '@playwright/test';
import * as z from 'zod';
import { chromiumPath } from '../support/chromium.ts';
import { User, type Running } from '../cli/harness.ts';

export { expect } from '@playwright/test';
export { SAMPLE, makeClip, makeTone } from '../cli/harness.ts';

const started = z.object({ url: z.string(), port: z.int(), pid: z.int() });

/** The program under test and its window in a browser. */
export class Served {
  readonly user: User;
  readonly page: Page;
  /** What the page asked of other places than the server: must stay empty. */
  readonly strangers: string[] = [];
  #running: Running | undefined;
  #port = 0;

  constructor(user: User, page: Page) {
    this.user = user;
    this.page = page;
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http') && host !== `127.0.0.1:${String(this.#port)}`) this.strangers.push(request.url());
    });
  }

  get port(): number {
    return this.#port;
  }

  /** Starts the program (again) and opens the link that it prints. */
  async start(): Promise<void> {
    const url = await this.startProgram();
    await this.page.goto(url);
    await this.page.getByRole('contentinfo').waitFor();
  }

  /** Starts the program, on the port it had before if it had one, and gives the link. */
  async startProgram(): Promise<string> {
    const running = this.user.start('serve', '--port', String(this.#port), '--json');
    this.#running = running;
    const line = await new Promise<string>((resolve, reject) => {
      let said = '';
      running.child.stdout?.on('data', (text: string) => {
        said += text;
        if (said.includes('\n')) resolve(said);
      });
      void running.ended.then(({ stderr }) => reject(new Error(`serve ended: ${stderr}`)));
    });
    const { url, port } = started.parse(JSON.parse(line));
    this.#port = port;
    return url;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#running?.child.kill('SIGKILL');
    await this.#running?.ended;
  }

  /** Ctrl-C; gives the exit code. */
  async stop(): Promise<number | null> {
    this.#running?.pressCtrlC();
    return (await this.#running?.ended)?.code ?? null;
  }

  /** A drop on the middle of the window. A browser hands over contents and names, never a path. */
  async drop(...files: readonly (string | { name: string; bytes: Buffer })[]): Promise<void> {
    const contents = files.map((file) => (typeof file === 'string' ? { name: basename(file), base64: readFileSync(file).toString('base64') } : { name: file.name, base64: file.bytes.toString('base64') }));
    const transfer = await this.page.evaluateHandle((given) => {
      const data = new DataTransfer();
      for (const { name, base64 } of given) data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
      return data;
    }, contents);
    for (const type of ['dragenter', 'dragover', 'drop']) await this.page.dispatchEvent('body', type, { dataTransfer: transfer });
  }

  /** Pastes text, as a person does with Ctrl+V. */
  async paste(text: string): Promise<void> {
    await this.page.evaluate((given) => {
      const data = new DataTransfer();
      data.setData('text/plain', given);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }, text);
  }

  /** The intake: what would be done with files. */
  get intake(): Locator {
    return this.page.getByRole('dialog');
  }

  /** The row of a task in the queue. */
  row(name: string | RegExp): Locator {
    return this.page.getByRole('grid', { name: 'Queue' }).getByRole('row').filter({ hasText: name });
  }

  /** Drops or pastes nothing: adds by the command line, which talks to the running server. */
  async addByCommand(file: string, recipe: string): Promise<number> {
    return this.user.add(file, recipe);
  }

  async leave(): Promise<void> {
    await this.user.leave();
  }
}

interface TestParts {
  readonly served: Served;
}

export const test = base.extend<TestParts>({
  launchOptions: async ({ launchOptions }, use) => {
    await use({ ...launchOptions, ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }), args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--autoplay-policy=no-user-gesture-required'] });
  },
  viewport: { width: 1360, height: 860 },
  locale: 'en-US',
  served: async ({ page }, use) => {
    const served = new Served(new User(), page);
    await served.start();
    await use(served);
    await served.leave();
  },
});
