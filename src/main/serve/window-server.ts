/** Owns the HTTP server: lets in who may come in, and leads each request to its route. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EngineApi, EngineEvent } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { createDispatch } from '../host/dispatch.ts';
import { checkFetchSite, checkHost, checkOrigin, checkSession, cookieName, hasSession } from './gate.ts';
import { setCommonHeaders } from './headers.ts';
import { createHostApi, type ServeFacts } from './host-api.ts';
import { Links } from './links.ts';
import { listenOn } from './listen.ts';
import { LINK_PATH, removeNote, writeNote } from './note.ts';
import { sendOpeningPage } from './pages.ts';
import { Refusal, notFound } from './refusal.ts';
import { refuseRequest, refuseUpgrade } from './refuse.ts';
import { answerCall, answerFile, answerUpload, answerWindow, sendJson, type Exchange, type RouteParts } from './routes.ts';
import { digestOf, isSameDigest, newSecret } from './secrets.ts';
import { SESSION_LIFE_MS, Sessions } from './sessions.ts';
import { Sockets } from './sockets.ts';
import { cleanUploads, listUploadFolders } from './uploads-cleaning.ts';
import { Uploads } from './uploads.ts';

export interface ServeOptions extends ServeFacts {
  readonly api: EngineApi;
  /** Subscribes to the engine's events; gives back what ends it. */
  readonly on: (listener: (event: EngineEvent) => void) => () => void;
  /** This process owns it. */
  readonly dataDir: string;
  /** The built window. */
  readonly rendererDir: string;
  /** Null: the default one or the next that is free. 0: any free one. */
  readonly port: number | null;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** What went wrong without anybody waiting for an answer, a line each. */
  readonly log: (line: string) => void;
}

/** A connection that has not said what it wants by then only holds a place. */
const HEADERS_TIME_LIMIT_MS = 10_000;
const MAX_CONNECTIONS = 512;
/** How long requests in work get when the server stops. */
const FAREWELL_MS = 3_000;

export class WindowServer {
  readonly #options: ServeOptions;
  readonly #sessions: Sessions;
  readonly #links: Links;
  readonly #parts: RouteParts;
  readonly #sockets: Sockets;
  readonly #http: Server;
  /** What another `longhaul serve` shows to get a link. */
  readonly #secret = newSecret();
  #port = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: ServeOptions, sessions: Sessions, http: Server) {
    const { api, on, dataDir, rendererDir, now } = options;
    this.#options = options;
    this.#sessions = sessions;
    this.#links = new Links(now);
    const dispatch = createDispatch(api, createHostApi(options));
    this.#parts = { api, dispatch, uploads: new Uploads(dataDir), rendererDir };
    this.#sockets = new Sockets({ dispatch, on });
    this.#http = http;
    this.#http.maxConnections = MAX_CONNECTIONS;
    this.#http.on('request', (req, res) => { void this.#handle(req, res); });
    this.#http.on('upgrade', (req, socket, head) => { this.#upgrade(req, socket, head); });
  }

  static async start(options: ServeOptions): Promise<WindowServer> {
    // Loaded here and not above: it takes 25 ms, and cli.js carries this file for every command.
    const { createServer } = await import('node:http');
    // No limit for a whole request: an upload takes as long as it takes, and has a limit for silence.
    const http = createServer({ requestTimeout: 0, headersTimeout: HEADERS_TIME_LIMIT_MS });
    const server = new WindowServer(options, await Sessions.load(options.dataDir, options.now), http);
    try {
      await server.#start();
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  get port(): number {
    return this.#port;
  }

  link(): string {
    return `http://127.0.0.1:${String(this.#port)}/?token=${this.#links.make()}`;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #start(): Promise<void> {
    const { api, dataDir, now, log } = this.#options;
    const uploadsDir = this.#parts.uploads.dir;
    const folders = await listUploadFolders(uploadsDir);
    this.#port = await listenOn(this.#http, this.#options.port);
    await writeNote(dataDir, { pid: process.pid, port: this.#port, secret: this.#secret });
    void cleanUploads(api, uploadsDir, folders, now()).catch((error: unknown) => { log(`Old uploads could not be cleared: ${TaskError.from(error).message}`); });
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      setCommonHeaders(res);
      await this.#route(req, res);
    } catch (error) {
      const refusal = Refusal.from(error);
      // A browser that went away is no fault of anybody.
      if (refusal.error.code === 'INTERNAL' && !req.destroyed) this.#options.log(`${req.method ?? ''} ${(req.url ?? '').split('?')[0] ?? ''}: ${refusal.error.message}`);
      refuseRequest(req, res, refusal);
    }
  }

  async #route(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const exchange = this.#look(req, res);
    const { path, query } = exchange;
    if (req.method === 'POST') {
      if (path === LINK_PATH) return this.#answerLink(exchange);
      checkSession(req.headers, this.#port, this.#sessions);
      if (path.startsWith('/api/')) return answerCall(exchange, this.#parts);
      if (path === '/upload') return answerUpload(exchange, this.#parts);
      throw notFound();
    }
    if (path === '/' && query.has('token')) return this.#enter(exchange, query.get('token') ?? '');
    checkSession(req.headers, this.#port, this.#sessions);
    if (path.startsWith('/files/')) return answerFile(exchange, this.#parts);
    if (/^\/(api|upload|link|ws)(\/|$)/.test(path)) throw notFound();
    return answerWindow(exchange, this.#parts);
  }

  /** Takes a request apart. Throws when it comes from where it must not. */
  #look(req: IncomingMessage, res: ServerResponse): Exchange {
    const host = checkHost(req.headers, this.#port);
    const isReading = req.method === 'GET' || req.method === 'HEAD';
    if (isReading) checkFetchSite(req.headers);
    else checkOrigin(req.headers, host);
    if (!isReading && req.method !== 'POST') {
      res.setHeader('Allow', 'GET, HEAD, POST');
      throw new Refusal(405, 'broken', new TaskError('USAGE', 'This server knows GET, HEAD and POST.'));
    }
    const [path = '', ...rest] = (req.url ?? '').split('?');
    if (!path.startsWith('/')) throw notFound();
    return { req, res, path, query: new URLSearchParams(rest.join('?')), host };
  }

  /** A one-time link becomes a session. */
  async #enter({ req, res }: Exchange, token: string): Promise<void> {
    // A browser that only looks ahead must not use the link up.
    const isLookingAhead = req.method === 'HEAD' || [req.headers['sec-purpose'], req.headers['purpose']].some((purpose) => typeof purpose === 'string' && purpose.includes('prefetch'));
    if (isLookingAhead) throw new Refusal(503, 'broken', new TaskError('NOT_ALLOWED', 'The link is for opening, not for looking ahead.'));
    // Whoever is in already keeps the link for another browser.
    if (!hasSession(req.headers, this.#port, this.#sessions)) {
      if (!this.#links.use(token)) throw new Refusal(401, 'staleLink', new TaskError('NOT_ALLOWED', 'This link opens nothing any more. Run `longhaul serve` once more in a terminal; it prints a new one.'));
      const { secret, kept } = this.#sessions.make();
      await kept.catch((error: unknown) => { this.#options.log(`The browser's session could not be stored and will end with this server: ${TaskError.from(error).message}`); });
      res.setHeader('Set-Cookie', `${cookieName(this.#port)}=${secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${String(SESSION_LIFE_MS / 1000)}`);
    }
    sendOpeningPage(req, res);
  }

  #answerLink({ req, res }: Exchange): void {
    const shown = (req.headers.authorization ?? '').replace(/^Bearer /, '');
    if (!isSameDigest(digestOf(shown), digestOf(this.#secret))) throw new Refusal(403, 'broken', new TaskError('NOT_ALLOWED', 'Only `longhaul serve` of the same user gets a new link.'));
    sendJson(res, 200, { ok: true, value: { url: this.link() } });
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    try {
      if (req.url !== '/ws') throw notFound();
      checkOrigin(req.headers, checkHost(req.headers, this.#port));
      checkSession(req.headers, this.#port, this.#sessions);
      if (this.#sockets.isFull) throw new Refusal(503, 'broken', new TaskError('NOT_ALLOWED', 'Too many windows are open. Close some.'));
      this.#sockets.accept(req, socket, head);
    } catch (error) {
      refuseUpgrade(socket, Refusal.from(error));
    }
  }

  async #close(): Promise<void> {
    const isListening = this.#http.listening;
    const closed = new Promise<void>((resolve) => { this.#http.close(() => { resolve(); }); });
    this.#sockets.close();
    const timer = setTimeout(() => {
      this.#sockets.terminate();
      this.#http.closeAllConnections();
    }, FAREWELL_MS);
    await closed;
    clearTimeout(timer);
    if (isListening) await removeNote(this.#options.dataDir);
  }
}
