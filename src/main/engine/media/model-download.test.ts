import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadModel } from './model-download.ts';
import { BUNDLED_MODEL } from './test-models.ts';

const MODEL = readFileSync(BUNDLED_MODEL);
const SUM = createHash('sha256').update(MODEL).digest('hex');

let server: Server;
let baseUrl = '';
let modelsDir = '';
let requests: IncomingMessage[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;

beforeEach(async () => {
  requests = [];
  modelsDir = mkdtempSync(join(tmpdir(), 'longhaul-download-'));
  server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(modelsDir, { recursive: true, force: true });
});

function download(stallMs?: number): Promise<string> {
  return downloadModel({ name: 'tiny.en-q8_0', modelsDir, baseUrl, signal: new AbortController().signal, onProgress: () => undefined, ...(stallMs === undefined ? {} : { stallMs }) });
}

/** Like the hub: one answer that names the sum and points to the storage, whose own tag means nothing to others. */
function hub(request: IncomingMessage, response: ServerResponse, options: { sum?: string; tag?: string; cutAfter?: number; ignoresRange?: boolean } = {}): void {
  const { sum = SUM, tag = '"storage-1"', cutAfter, ignoresRange = false } = options;
  if (request.url?.startsWith('/storage') !== true) {
    response.writeHead(302, { location: '/storage/model', 'x-linked-etag': `"${sum}"` }).end();
    return;
  }
  const wanted = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  const ifRange = request.headers['if-range'];
  const isRest = wanted !== undefined && !ignoresRange && (ifRange === undefined || ifRange === tag);
  const from = isRest ? Number(wanted) : 0;
  if (from >= MODEL.length) {
    response.writeHead(416, { 'content-range': `bytes */${MODEL.length}` }).end();
    return;
  }
  response.writeHead(isRest ? 206 : 200, { etag: tag, 'content-length': MODEL.length - from, ...(isRest ? { 'content-range': `bytes ${from}-${MODEL.length - 1}/${MODEL.length}` } : {}) });
  if (cutAfter === undefined) response.end(MODEL.subarray(from));
  else response.write(MODEL.subarray(from, from + cutAfter), () => setImmediate(() => response.destroy()));
}

function ranges(): (string | undefined)[] {
  return requests.filter((request) => request.url?.startsWith('/storage') === true).map((request) => request.headers.range);
}

describe('downloadModel', () => {
  it('puts the whole file in place, checked, with nothing left beside it', async () => {
    answer = hub;
    const path = await download();
    expect(readFileSync(path).equals(MODEL)).toBe(true);
    expect(readdirSync(modelsDir).sort()).toEqual(['ggml-tiny.en-q8_0.bin', 'verified.json']);
    expect(requests[0]?.url).toBe('/ggml-tiny.en-q8_0.bin');
  });

  it('goes on where the line was cut, as often as it is cut', async () => {
    answer = (request, response) => hub(request, response, { cutAfter: 15_000_000 });
    const path = await download();
    expect(readFileSync(path).equals(MODEL)).toBe(true);
    expect(ranges()[0]).toBeUndefined();
    expect(ranges().length).toBeGreaterThanOrEqual(3);
    expect(ranges().slice(1).every((range) => /^bytes=[1-9]\d+-$/.test(range ?? ''))).toBe(true);
  });

  it('keeps what came when it gives up, and goes on from there the next time', async () => {
    let cuts = 0;
    answer = (request, response) => (request.url?.startsWith('/storage') === true && cuts++ > 0 ? void response.destroy() : hub(request, response, { cutAfter: 10_000_000 }));
    await expect(download()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', retryable: true });
    expect(existsSync(join(modelsDir, 'ggml-tiny.en-q8_0.bin'))).toBe(false);
    requests = [];
    answer = hub;
    await download();
    expect(ranges()).toHaveLength(1);
    expect(ranges()[0]).toMatch(/^bytes=[1-9]/);
  });

  it('starts over when the server gives the whole file again', async () => {
    let count = 0;
    answer = (request, response) => hub(request, response, { ignoresRange: true, ...(request.url?.startsWith('/storage') === true && count++ === 0 ? { cutAfter: 10_000_000 } : {}) });
    expect(readFileSync(await download()).equals(MODEL)).toBe(true);
  });

  it('does not join the halves of two different files', async () => {
    let count = 0;
    answer = (request, response) => (request.url?.startsWith('/storage') === true && count++ === 0 ? hub(request, response, { cutAfter: 10_000_000 }) : hub(request, response, { tag: '"storage-2"' }));
    expect(readFileSync(await download()).equals(MODEL)).toBe(true);
    expect(ranges().at(-1)).toMatch(/^bytes=/);
  });

  it('throws away what does not have the published sum', async () => {
    answer = (request, response) => hub(request, response, { sum: '0'.repeat(64) });
    await expect(download()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', message: expect.stringContaining('sha256') });
    expect(readdirSync(modelsDir)).toEqual([]);
  });

  it('throws away a page that is no model', async () => {
    answer = (_, response) => void response.end('<html>Please sign in</html>');
    await expect(download()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', message: expect.stringContaining('no whole Whisper model') });
    expect(readdirSync(modelsDir)).toEqual([]);
  });

  it('says when there is no such model', async () => {
    answer = (_, response) => void response.writeHead(404).end();
    await expect(download()).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', retryable: false });
  });

  it('gives up on a line that gives nothing', async () => {
    answer = (_, response) => void response.writeHead(200, { 'content-length': MODEL.length }).write(MODEL.subarray(0, 1000));
    await expect(download(100)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', retryable: true });
  });

  it('finishes a download whose last byte had come already', async () => {
    answer = hub;
    writeFileSync(join(modelsDir, 'ggml-tiny.en-q8_0.bin.part'), MODEL);
    writeFileSync(join(modelsDir, 'ggml-tiny.en-q8_0.bin.part.json'), JSON.stringify({ url: `${baseUrl}/ggml-tiny.en-q8_0.bin`, etag: '"storage-1"', sha256: SUM }));
    expect(readFileSync(await download()).equals(MODEL)).toBe(true);
    expect(ranges()).toEqual([`bytes=${MODEL.length}-`]);
  });
});
