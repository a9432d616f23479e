/** A handler that finishes at once and publishes nothing. */
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

export const noopHandlers: ReadonlyMap<string, Handler> = new Map([[noop.type, noop]]);
