/** Handlers that do nothing: one is done at once, one never. */
import * as z from 'zod';
import type { Handler } from '../src/main/engine/handlers/handler.ts';

const noop: Handler<Record<string, unknown>, null, null> = {
  type: 'video_thumbnail',
  options: z.record(z.string(), z.unknown()),
  plan: z.null(),
  part: z.null(),
  perform: () => Promise.resolve([]),
  check: () => Promise.resolve(),
};

/** Until it is stopped, or its process dies. */
const endless: Handler<Record<string, unknown>, null, null> = {
  ...noop,
  type: 'video_preview',
  perform: ({ signal }) => new Promise((_, reject) => {
    const abort = (): void => {
      clearInterval(awake);
      reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    };
    const awake = setInterval(() => undefined, 1_000);
    signal.addEventListener('abort', abort, { once: true });
  }),
};

export const noopHandlers: ReadonlyMap<string, Handler> = new Map([noop, endless].map((handler) => [handler.type, handler]));
