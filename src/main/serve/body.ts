/** The bodies of requests. */
import type { IncomingMessage } from 'node:http';
import { TaskError } from '../../shared/errors.ts';
import { Refusal } from './refusal.ts';

/** Holds `addTasks` of 100,000 tasks with long paths; more in one piece is a mistake or an attack. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** A body that was not here by then only holds a place: on this computer it takes milliseconds. */
const BODY_TIME_LIMIT_MS = 30_000;

/** The JSON in a request's body; an empty one counts as `{}`. Throws a Refusal on what is none. */
export async function readJson(req: IncomingMessage): Promise<unknown> {
  const type = (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Refusal(415, 'broken', new TaskError('USAGE', 'The input must be sent as JSON, with the header "Content-Type: application/json".'));
  const text = await readText(req);
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'broken', new TaskError('USAGE', 'The input is not valid JSON.'));
  }
}

async function readText(req: IncomingMessage): Promise<string> {
  const tooBig = new Refusal(413, 'broken', new TaskError('USAGE', `The input is bigger than ${String(MAX_MESSAGE_BYTES / 1024 / 1024)} MB. Send it in several pieces.`));
  if (Number(req.headers['content-length'] ?? 0) > MAX_MESSAGE_BYTES) throw tooBig;
  const timer = setTimeout(() => { req.destroy(new Error('the body did not come in time')); }, BODY_TIME_LIMIT_MS);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > MAX_MESSAGE_BYTES) throw tooBig;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    clearTimeout(timer);
  }
}
