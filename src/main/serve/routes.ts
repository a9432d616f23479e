/** What is at each address. Who may ask was decided before. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, extname } from 'node:path';
import type { EngineApi } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { isWindowMethod, type Dispatch } from '../host/dispatch.ts';
import { findTaskFile, parseTaskFilePath } from '../host/task-file.ts';
import { readJson } from './body.ts';
import { FILE_POLICY, windowPolicy } from './headers.ts';
import { Refusal, notFound, statusOf } from './refusal.ts';
import { placeOf, sendFile, type SendOptions } from './send-file.ts';
import type { Uploads } from './uploads.ts';

/** One request, looked at so far that its route can answer it. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Still encoded; starts with a slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The name and port that the browser used. */
  readonly host: string;
}

export interface RouteParts {
  readonly api: Pick<EngineApi, 'getTask'>;
  readonly dispatch: Dispatch;
  readonly uploads: Uploads;
  /** The built window. */
  readonly rendererDir: string;
}

/** An upload that stands still for so long has lost its browser. */
const UPLOAD_SILENCE_MS = 120_000;

/** `POST /api/<method>`: JSON in, envelope out. */
export async function answerCall({ req, res, path }: Exchange, { dispatch }: RouteParts): Promise<void> {
  const method = path.slice('/api/'.length);
  const input = await readJson(req);
  const envelope = await dispatch(method, input);
  const status = envelope.ok ? 200 : isWindowMethod(method) ? statusOf(envelope.error.code) : 404;
  sendJson(res, status, envelope);
}

/** `POST /upload?name=<fileName>`: the raw file in, its path out. */
export async function answerUpload({ req, res, query }: Exchange, { uploads }: RouteParts): Promise<void> {
  const length = req.headers['content-length'];
  req.setTimeout(UPLOAD_SILENCE_MS, () => { req.destroy(new Error('the upload stood still')); });
  const path = await uploads.receive({ name: query.get('name') ?? '', sizeBytes: length === undefined ? null : Number(length), chunks: req.iterator({ destroyOnReturn: false }) });
  sendJson(res, 200, { ok: true, value: { path } });
}

/** `GET /files/<id>/<input|output>/<index>`: a task's file, or the ranges of it that are asked for. */
export async function answerFile({ req, res, path, query }: Exchange, { api }: RouteParts): Promise<void> {
  const wanted = parseTaskFilePath(path.slice('/files'.length));
  if (wanted === null) throw notFound();
  const filePath = await findTaskFile(api, wanted);
  const disposition: Record<string, string> = query.has('download') ? { 'Content-Disposition': attachment(basename(filePath)) } : {};
  // no-cache: a player may keep its ranges, but asks whether the file is still the same.
  const headers = { 'Content-Security-Policy': FILE_POLICY, 'Cache-Control': 'private, no-cache', ...disposition };
  await sendOrRefuse(req, res, { ...placeOf(filePath), dotfiles: 'allow', headers }, () => new Refusal(404, 'fileGone', new TaskError('INPUT_MISSING', `${basename(filePath)} is not there any more.`)));
}

/** The window's own files. An address without an ending is a place in the window, which finds it itself. */
export async function answerWindow({ req, res, path, host }: Exchange, { rendererDir }: RouteParts): Promise<void> {
  const isPlace = extname(path) === '';
  // Vite puts a hash of the contents into these names.
  const cacheControl = path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
  const headers = { 'Content-Security-Policy': windowPolicy(host), 'Cache-Control': cacheControl };
  const file = isPlace ? '/index.html' : path;
  await sendOrRefuse(req, res, { root: rendererDir, path: file, dotfiles: 'ignore', headers }, () => (isPlace ? new Refusal(503, 'notBuilt', new TaskError('INTERNAL', 'The window’s files are not in this installation.')) : notFound()));
}

async function sendOrRefuse(req: IncomingMessage, res: ServerResponse, options: SendOptions, absent: () => Refusal): Promise<void> {
  const outcome = await sendFile(req, res, options);
  if (outcome.end === 'absent') throw absent();
  if (outcome.end === 'failed') throw outcome.error;
}

/** One JSON answer. */
export function sendJson(res: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(text) });
  res.end(text);
}

/** RFC 6266: a plain name for old programs, the real one for all others. */
function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
