/** Downloads a model: resumes what was cut off, checks it against the sum that the server names, and puts it in place in one step. */
import { mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TaskError } from '../../../shared/errors.ts';
import { checkModel } from './model-check.ts';
import { sha256OfFile } from './durable-file.ts';
import { rememberModelSum } from './model-sums.ts';

export interface DownloadRequest {
  /** As in `ggml-NAME.bin`. */
  readonly name: string;
  readonly modelsDir: string;
  /** Folder of the files on a server. */
  readonly baseUrl: string;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  /** Longest wait for the next bytes, in ms; for tests. */
  readonly stallMs?: number;
}

/** A line that gives nothing for so long is dead. */
const STALL_MS = 60_000;
/** A cut line is taken up again so often without any new byte before it is given up. */
const MAX_FRUITLESS_TRIES = 3;
/** Left free beside the model: the transcripts need some too. */
const SPARE_BYTES = 200_000_000;

/** Redirects that are followed: the hub's one to its storage, and a mirror's own. */
const MAX_REDIRECTS = 5;

/** Where a part came from: the storage's tag of that very content, and the sha256 that the hub names for it. */
const origin = z.object({ url: z.string(), etag: z.string().nullable(), sha256: z.string().nullable() });
type Origin = z.infer<typeof origin>;

/** Where what came of an unfinished download lies. */
export function partPathOf(modelsDir: string, name: string): string {
  return `${modelPathOf(modelsDir, name)}.part`;
}

function modelPathOf(modelsDir: string, name: string): string {
  return join(modelsDir, `ggml-${name}.bin`);
}

/** Path of the finished model. Throws DOWNLOAD_FAILED (retryable; what came stays), DISK_FULL or MODEL_DAMAGED. */
export async function downloadModel(request: DownloadRequest): Promise<string> {
  const path = modelPathOf(request.modelsDir, request.name);
  const url = `${request.baseUrl.replace(/\/$/, '')}/ggml-${request.name}.bin`;
  const partPath = partPathOf(request.modelsDir, request.name);
  await mkdir(request.modelsDir, { recursive: true });
  const expected = await fetchAll(request, url, partPath);
  const sha256 = await sha256OfFile(partPath, request.signal);
  if (expected !== null && sha256 !== expected) {
    await discard(partPath);
    throw new TaskError('DOWNLOAD_FAILED', `The download of ${request.name} arrived damaged (its sha256 is not the published one) and was thrown away. Try again.`, { retryable: true, details: `${sha256} instead of ${expected}` });
  }
  try {
    await checkModel(partPath);
  } catch (cause) {
    await discard(partPath);
    throw new TaskError('DOWNLOAD_FAILED', `What ${url} sent is no whole Whisper model and was thrown away. Try again, or choose another source with LONGHAUL_MODELS_URL.`, { cause, ...(cause instanceof Error ? { details: cause.message } : {}) });
  }
  await syncFile(partPath);
  await rename(partPath, path);
  await rm(originPath(partPath), { force: true });
  await rememberModelSum(request.modelsDir, path, sha256);
  return path;
}

/** Fetches until the part is whole. Gives the sha256 that the server names for the contents; null: it names none. */
async function fetchAll(request: DownloadRequest, url: string, partPath: string): Promise<string | null> {
  let fruitless = 0;
  for (;;) {
    const before = await sizeOf(partPath);
    try {
      return await fetchRest(request, url, partPath, before);
    } catch (cause) {
      request.signal.throwIfAborted();
      if (cause instanceof TaskError) throw cause;
      const known = TaskError.from(cause);
      if (known.code === 'DISK_FULL' || known.code === 'OUTPUT_NOT_WRITABLE') throw known;
      fruitless = (await sizeOf(partPath)) > before ? 0 : fruitless + 1;
      if (fruitless >= MAX_FRUITLESS_TRIES) {
        const why = cause instanceof Error ? [cause.message, cause.cause instanceof Error ? cause.cause.message : ''].filter((text) => text !== '').join(': ') : String(cause);
        throw new TaskError('DOWNLOAD_FAILED', `The download of ${request.name} from ${new URL(url).host} was cut off. What came is kept; try again and it goes on from there.`, { retryable: true, cause, details: why });
      }
    }
  }
}

async function fetchRest(request: DownloadRequest, url: string, partPath: string, have: number): Promise<string | null> {
  const known = have > 0 ? await readOrigin(partPath, url) : undefined;
  const watch = new StallWatch(request);
  try {
    const { response, sha256 } = await openUrl(url, known === undefined ? undefined : { from: have, origin: known }, watch.signal);
    if (response.status === 416 && known !== undefined && totalOf(response) === have) return known.sha256;
    if (!response.ok || response.body === null) throw refused(request, url, response);
    const isRest = response.status === 206 && known !== undefined;
    const start = isRest ? have : 0;
    const total = isRest ? totalOf(response) : lengthOf(response);
    await requireSpace(request, (total ?? 0) - start);
    if (!isRest) await beginPart(partPath, { url, etag: response.headers.get('etag'), sha256 });
    await append(response.body, partPath, start, (done) => {
      watch.beat();
      request.onProgress(done, total ?? done);
    });
    const size = await sizeOf(partPath);
    if (total !== null && size !== total) throw new Error(`${size} of ${total} bytes came`);
    return sha256;
  } finally {
    watch.dispose();
  }
}

/** Follows redirects by hand: only the hub's own answer, not its storage's, names the sum. */
async function openUrl(url: string, rest: { from: number; origin: Origin } | undefined, signal: AbortSignal): Promise<{ response: Response; sha256: string | null }> {
  const canResume = rest !== undefined && (rest.origin.sha256 !== null || isStrong(rest.origin.etag));
  let next = url;
  let sha256: string | null = null;
  for (let redirects = 0; ; redirects += 1) {
    // The sum, where it is known by now, tells whether the rest of the same content would come; else the tag does.
    const isSame = sha256 === null || rest?.origin.sha256 === sha256;
    const range = canResume && isSame ? { range: `bytes=${rest.from}-`, ...(isStrong(rest.origin.etag) ? { 'if-range': rest.origin.etag } : {}) } : {};
    const response = await fetch(next, { signal, headers: { 'user-agent': 'longhaul', 'accept-encoding': 'identity', ...range }, redirect: 'manual' });
    sha256 ??= sumIn(response.headers.get('x-linked-etag')) ?? sumIn(response.headers.get('etag'));
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null || redirects === MAX_REDIRECTS) return { response, sha256 };
    await response.body?.cancel();
    next = new URL(location, next).href;
  }
}

function isStrong(etag: string | null): etag is string {
  return etag !== null && !etag.startsWith('W/');
}

async function append(body: ReadableStream<Uint8Array>, partPath: string, start: number, onBytes: (done: number) => void): Promise<void> {
  const file = await open(partPath, start === 0 ? 'w' : 'r+');
  try {
    let position = start;
    for await (const chunk of body) {
      for (let written = 0; written < chunk.length; ) {
        const { bytesWritten } = await file.write(chunk, written, chunk.length - written, position + written);
        written += bytesWritten;
      }
      position += chunk.length;
      onBytes(position);
    }
  } finally {
    await file.close();
  }
}

/** A new file from the server replaces whatever part there was. */
async function beginPart(partPath: string, from: Origin): Promise<void> {
  await rm(partPath, { force: true });
  await writeFile(originPath(partPath), JSON.stringify(from));
}

async function readOrigin(partPath: string, url: string): Promise<Origin | undefined> {
  try {
    const known = origin.parse(JSON.parse(await readFile(originPath(partPath), 'utf8')));
    return known.url === url ? known : undefined;
  } catch {
    return undefined;
  }
}

function originPath(partPath: string): string {
  return `${partPath}.json`;
}

/** The Hugging Face hub's tag of a large file is its sha256 in hex. */
function sumIn(etag: string | null): string | null {
  return /^"?([0-9a-f]{64})"?$/.exec(etag ?? '')?.[1] ?? null;
}

function totalOf(response: Response): number | null {
  const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  return total === undefined ? null : Number(total);
}

function lengthOf(response: Response): number | null {
  const length = response.headers.get('content-length');
  return length === null ? null : Number(length);
}

function refused({ name }: DownloadRequest, url: string, response: Response): TaskError {
  if (response.status === 404) return new TaskError('DOWNLOAD_FAILED', `There is no model ${name} at ${url}. See \`longhaul models list\` for the names.`);
  return new TaskError('DOWNLOAD_FAILED', `${new URL(url).host} refused the download of ${name} (HTTP ${response.status}). Try again later, or set LONGHAUL_MODELS_URL to a mirror.`, { retryable: true });
}

async function requireSpace({ modelsDir, name }: DownloadRequest, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(modelsDir);
  if (bavail * bsize >= neededBytes + SPARE_BYTES) return;
  throw new TaskError('DISK_FULL', `The model ${name} needs ${Math.ceil(neededBytes / 1e6)} MB more, and ${modelsDir} has ${Math.floor((bavail * bsize) / 1e6)} MB free. Free some space, then try again.`, { retryable: true });
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function discard(partPath: string): Promise<void> {
  await rm(partPath, { force: true });
  await rm(originPath(partPath), { force: true });
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(({ size }) => size, () => 0);
}

/** Aborts when no bytes come for too long, or when the caller does. */
class StallWatch {
  readonly #own = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  constructor({ signal, stallMs = STALL_MS }: DownloadRequest) {
    this.signal = AbortSignal.any([signal, this.#own.signal]);
    this.#timer = setTimeout(() => this.#own.abort(new Error(`no bytes for ${stallMs} ms`)), stallMs);
  }

  beat(): void {
    this.#timer.refresh();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
