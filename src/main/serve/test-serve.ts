/** For tests: a real engine with its window server on a free port, and clients that follow no rules. */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket, type RawData } from 'ws';
import * as z from 'zod';
import { createEngine, locateTools, type Engine } from '../engine/index.ts';
import { THREAD_PATH } from '../engine/store/test-store.ts';
import type { EngineEvent } from '../../shared/contract.ts';
import { startServe, type Served } from './index.ts';

const ROOT = join(import.meta.dirname, '../../..');
export const RESOURCES_DIR = join(ROOT, 'resources');

/** Real tools on a busy machine; less than a test has. */
const DEADLINE_MS = 50_000;

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** One installation: data folder, engine, server. */
export class TestServe {
  readonly dir: string;
  readonly dataDir: string;
  readonly log: string[] = [];
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #engine: Engine | null = null;
  #served: Served | null = null;
  #cookie = '';

  private constructor(dir: string) {
    this.dir = dir;
    this.dataDir = join(dir, 'data');
  }

  static async start(): Promise<TestServe> {
    const it = new TestServe(await mkdtemp(join(tmpdir(), 'longhaul-serve-')));
    for (const folder of ['code', 'renderer/assets']) await mkdir(join(it.dir, folder), { recursive: true });
    await writeFile(join(it.dir, 'code', 'worker.js'), `import ${JSON.stringify(join(ROOT, 'src/main/engine/workers/entry.ts'))};`);
    await writeFile(join(it.dir, 'code', 'store-thread.js'), `import ${JSON.stringify(THREAD_PATH)};`);
    await writeFile(join(it.dir, 'code', 'package.json'), '{"type":"module"}');
    await writeFile(join(it.dir, 'renderer', 'index.html'), '<!doctype html><title>The window</title>');
    await writeFile(join(it.dir, 'renderer', 'assets', 'index-abc.js'), 'export {};');
    await writeFile(join(it.dir, 'secret.txt'), 'not for the window');
    await it.open();
    return it;
  }

  /** Opens the data folder, as after a restart. */
  async open(port = 0): Promise<void> {
    const { tools } = await locateTools({ env: process.env, platform: process.platform, homeDir: homedir(), resourcesDir: RESOURCES_DIR, dataDir: this.dataDir }, new AbortController().signal);
    const engine = await createEngine({ dataDir: this.dataDir, codeDir: join(this.dir, 'code'), recipesDir: join(RESOURCES_DIR, 'recipes'), work: { tools } });
    this.#engine = engine;
    const stopRelay = engine.on((event) => { this.emit(event); });
    this.#served = await this.serve(port);
    const closeEngine = engine.close.bind(engine);
    engine.close = async () => { stopRelay(); await closeEngine(); };
  }

  /** Another server for the same engine. */
  async serve(port: number | null): Promise<Served> {
    return startServe({
      api: this.engine.api, on: (listener) => { this.#listeners.add(listener); return () => { this.#listeners.delete(listener); }; },
      dataDir: this.dataDir, rendererDir: join(this.dir, 'renderer'), resourcesDir: RESOURCES_DIR, port, version: '1.2.3', platform: 'linux', recoveredTasks: 0,
      now: () => Date.now(), log: (line) => { this.log.push(line); },
    });
  }

  /** As if the engine told it. */
  emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  get engine(): Engine {
    if (this.#engine === null) throw new Error('no engine');
    return this.#engine;
  }

  get served(): Served {
    if (this.#served === null) throw new Error('no server');
    return this.#served;
  }

  get origin(): string {
    return `http://127.0.0.1:${String(this.served.port)}`;
  }

  /** Opens a link; gives the cookie that a browser would keep. */
  async enter(link = this.served.link()): Promise<string> {
    const { headers } = await this.ask(link.slice(this.origin.length), { headers: { cookie: '' } });
    this.#cookie = (headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
    return this.#cookie;
  }

  /** As a page of the window asks; headers replace those of the page, an empty one is left away. */
  async ask(path: string, { method = 'GET', headers = {}, body = '' }: Ask = {}): Promise<Reply> {
    const all = { 'origin': method === 'GET' || method === 'HEAD' ? '' : this.origin, 'cookie': this.#cookie, ...headers };
    return ask(this.served.port, path, { method, body, headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')) });
  }

  /** Calls a method over REST; gives its envelope. */
  async call(method: string, input: unknown): Promise<{ status: number; envelope: Answer }> {
    const { status, text } = await this.ask(`/api/${method}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) });
    return { status, envelope: answer.parse(JSON.parse(text)) };
  }

  /** A WebSocket that is open. */
  async socket(headers: Record<string, string> = {}): Promise<WebSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${String(this.served.port)}/ws`, { headers: { origin: this.origin, cookie: this.#cookie, ...headers }, perMessageDeflate: false });
    await once(socket, 'open');
    return socket;
  }

  /** Ends server and engine, as Ctrl-C does. */
  async stop(): Promise<void> {
    await this.#served?.close();
    await this.#engine?.close();
  }

  async leave(): Promise<void> {
    await this.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}

const answer = z.object({ ok: z.boolean(), value: z.unknown().optional(), error: z.object({ code: z.string(), message: z.string() }).optional() });
export type Answer = z.infer<typeof answer>;

/** One request with exactly these headers. */
export async function ask(port: number, path: string, { method = 'GET', headers = {}, body = '' }: Ask = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => { chunks.push(chunk); });
      res.on('error', reject);
      res.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text: bytes.toString('utf8'), bytes });
      });
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** The next frame that fits. */
export async function nextFrame<T>(socket: WebSocket, schema: z.ZodType<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.off('message', take);
      socket.off('close', gone);
      settle();
    };
    const gone = (code: number): void => { end(() => { reject(new Error(`the socket closed with ${String(code)} before such a frame came`)); }); };
    const take = (data: RawData): void => {
      const parsed = Buffer.isBuffer(data) ? schema.safeParse(JSON.parse(data.toString('utf8'))) : null;
      if (parsed?.success === true) end(() => { resolve(parsed.data); });
    };
    const timer = setTimeout(() => { end(() => { reject(new Error('no such frame came')); }); }, DEADLINE_MS);
    socket.on('message', take);
    socket.on('close', gone);
  });
}
