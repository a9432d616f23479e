/**
 * Where a running server is found by the next `longhaul serve`, which asks it for a new link: a file in the data folder with the port and
 * a secret that only this user can read. Also works for a server that has no terminal (a service, nohup).
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TaskError, taskErrorShape } from '../../shared/errors.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

const FILE_NAME = 'serve.json';
/** It answers within milliseconds. */
const ANSWER_LIMIT_MS = 5_000;

const note = z.object({ pid: z.int().positive(), port: z.int().positive(), secret: z.string().min(16) });
type Note = z.infer<typeof note>;

/** The path on the server, for POST with `Authorization: Bearer <secret>`. */
export const LINK_PATH = '/link';
const answer = z.union([z.object({ ok: z.literal(true), value: z.object({ url: z.string() }) }), z.object({ ok: z.literal(false), error: taskErrorShape })]);

/** Written once the server listens. */
export async function writeNote(dataDir: string, found: Note): Promise<void> {
  await writePrivateFile(join(dataDir, FILE_NAME), found);
}

/** Taken away when the server ends. Call it only while owning the data folder. */
export async function removeNote(dataDir: string): Promise<void> {
  await rm(join(dataDir, FILE_NAME), { force: true });
}

interface RunningServer {
  readonly url: string;
  readonly port: number;
}

/** A new link of the server that runs in the process. Null: that process runs none. */
export async function askForLink(dataDir: string, ownerPid: number): Promise<RunningServer | null> {
  const found = await readPrivateFile(join(dataDir, FILE_NAME), note);
  // The secret goes to nobody but the folder's owner: a note of a server that was killed may name a port that is somebody else's now.
  if (found?.pid !== ownerPid) return null;
  const origin = `http://127.0.0.1:${String(found.port)}`;
  try {
    const response = await fetch(origin + LINK_PATH, { method: 'POST', headers: { origin, authorization: `Bearer ${found.secret}` }, redirect: 'error', signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const said = answer.parse(await response.json());
    if (said.ok) return { url: said.value.url, port: found.port };
    throw TaskError.fromShape(said.error);
  } catch (error) {
    if (error instanceof TaskError) throw error;
    throw new TaskError('STORE_OWNED', `The server in process ${String(ownerPid)} does not answer at ${origin}. Wait a moment and try again; if it stays so, end that process and start anew.`, { cause: error });
  }
}
