/** Injected first into every Node-side bundle of the compat build: what Node 16 and Electron 22 lack. For tests only. */
import 'core-js/stable';
import type { Protocol } from 'electron';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import { Readable } from 'node:stream';
import * as webStreams from 'node:stream/web';
import { fetch, FormData, Headers, Request, Response } from 'undici';

for (const [name, value] of Object.entries({ ...webStreams, fetch, FormData, Headers, Request, Response })) supply(globalThis, name, value);
supply(Readable, 'toWeb', toWeb);
supply(Readable, 'fromWeb', (body: AsyncIterable<unknown>) => Readable.from(body));
supply(os, 'availableParallelism', () => os.cpus().length);
supply(fs, 'statfsSync', freeSpace);
supply(promises, 'statfs', (path: string) => new Promise((resolve) => { resolve(freeSpace(path)); }));
supply(AbortSignal, 'any', anyOf);
if (process.type === 'browser') supplyHandle();

function supply(target: object, name: string, value: unknown): void {
  if (!Reflect.has(target, name)) Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

function toWeb(stream: Readable): webStreams.ReadableStream<unknown> {
  const chunks = stream[Symbol.asyncIterator]();
  return new webStreams.ReadableStream<unknown>({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: () => void stream.destroy(),
  }, { highWaterMark: 0 });
}

/** Of statfs what the product reads, as GNU's stat tells it. */
function freeSpace(path: string): { bavail: number; bsize: number } {
  const [bavail = 0, bsize = 0] = execFileSync('stat', ['-f', '-c', '%a %S', '--', path], { encoding: 'utf8' }).split(' ').map(Number);
  return { bavail, bsize };
}

function anyOf(signals: readonly AbortSignal[]): AbortSignal {
  const either = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) either.abort(signal.reason);
    else signal.addEventListener('abort', () => either.abort(signal.reason), { once: true });
  }
  return either.signal;
}

/** protocol.handle over registerStreamProtocol, which is how newer Electrons do it themselves (lib/browser/api/protocol.ts). */
function supplyHandle(): void {
  const electron: unknown = createRequire(__filename)('electron');
  if (!hasProtocol(electron)) throw new Error('This is no main process of Electron.');
  const { protocol } = electron;
  supply(protocol, 'handle', (scheme: string, handler: (request: Request) => Response | Promise<Response>) => {
    protocol.registerStreamProtocol(scheme, (asked, answer) => {
      void respond(handler, new Request(asked.url, { method: asked.method, headers: asked.headers })).then((response) => {
        answer({ statusCode: response.status, headers: Object.fromEntries(response.headers), data: response.body === null ? Readable.from([]) : Readable.from(response.body) });
      });
    });
  });
}

async function respond(handler: (request: Request) => Response | Promise<Response>, request: Request): Promise<Response> {
  try {
    return await handler(request);
  } catch (error) {
    console.error(error);
    return new Response(null, { status: 500 });
  }
}

function hasProtocol(value: unknown): value is { protocol: Protocol } {
  return typeof value === 'object' && value !== null && 'protocol' in value;
}
