/** Where the process that owns a data folder can be met: `engine.json` in the folder, and a socket only its user can reach. */
import { createHash } from 'node:crypto';
import { lstat, mkdir, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { TaskError } from '../../shared/errors.ts';

export const rendezvous = z.object({
  pid: z.int().positive(),
  /** Path of the socket, or name of the pipe on Windows. */
  socketPath: z.string().min(1),
  /** To be shown first. Only its user can read the file. */
  token: z.string().min(16),
  /** Epoch milliseconds. */
  startedAt: z.number(),
});
export type Rendezvous = z.infer<typeof rendezvous>;

const FILE_NAME = 'engine.json';
/** sun_path holds 104 bytes with its end mark on macOS and 108 on Linux. */
const MAX_SOCKET_PATH_BYTES = 103;
/** 64 bits: two folders of one user never share a socket. */
const HASH_HEX_DIGITS = 16;

export interface HostFacts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null on Windows. */
  readonly uid: number | null;
}

/** The facts of the process that asks. */
export function hostFacts(): HostFacts {
  return { platform: process.platform, env: process.env, uid: process.getuid?.() ?? null };
}

/** The address a data folder's owner listens at. */
export async function socketPathFor(dataDir: string, host: HostFacts): Promise<string> {
  const hash = createHash('sha256').update(await realpath(dataDir)).digest('hex').slice(0, HASH_HEX_DIGITS);
  if (host.platform === 'win32') return `\\\\.\\pipe\\longhaul-${hash}`;
  const runtimeDir = host.env['XDG_RUNTIME_DIR'];
  for (const base of [runtimeDir, tmpdir(), '/tmp']) {
    if (base === undefined || !(await isFolder(base))) continue;
    const path = join(base, `longhaul-${String(host.uid ?? 0)}`, `${hash}.sock`);
    if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  }
  throw new TaskError('STORE_FAILED', 'No folder for the engine’s socket has a path short enough. Set XDG_RUNTIME_DIR to a short path.');
}

/** Makes the socket's folder, for its user alone, and refuses one that others prepared. */
export async function makeSocketDir(socketPath: string, host: HostFacts): Promise<void> {
  if (host.platform === 'win32') return;
  const dir = dirname(socketPath);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await assertPrivateDir(dir, host.uid ?? 0);
}

/** Throws when a folder could be written by anybody else: what listens there may be a stranger. */
export async function assertPrivateDir(dir: string, uid: number): Promise<void> {
  const stats = await lstat(dir);
  if (stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0) return;
  throw new TaskError('STORE_FAILED', `The folder ${dir} is not for its user alone, so the engine's socket in it can't be trusted. Remove it, then try again.`);
}

/** Takes away the socket a killed owner left. Call it only while holding the store's lock: then nobody else can listen there. */
export async function removeStaleSocket(socketPath: string, host: HostFacts): Promise<void> {
  if (host.platform === 'win32') return;
  const stats = await lstat(socketPath).catch(absentIsNull);
  if (stats === null) return;
  if (!stats.isSocket()) throw new TaskError('STORE_FAILED', `${socketPath} is in the way of the engine's socket. Remove it, then try again.`);
  await unlink(socketPath);
}

/** Null: nobody has written one, or what is there makes no sense. */
export async function readRendezvous(dataDir: string): Promise<Rendezvous | null> {
  const text = await readFile(join(dataDir, FILE_NAME), 'utf8').catch(absentIsNull);
  if (text === null) return null;
  try {
    return rendezvous.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Written under a temporary name first: a reader sees the old one, the new one or none. */
export async function writeRendezvous(dataDir: string, found: Rendezvous): Promise<void> {
  const path = join(dataDir, FILE_NAME);
  const tempPath = `${path}.${String(found.pid)}.tmp`;
  await unlink(tempPath).catch(absentIsNull);
  const file = await open(tempPath, 'wx', 0o600);
  try {
    await file.writeFile(JSON.stringify(found));
  } finally {
    await file.close();
  }
  await rename(tempPath, path);
}

/** Leaves the file of another owner alone. */
export async function removeRendezvous(dataDir: string, token: string): Promise<void> {
  const found = await readRendezvous(dataDir);
  if (found?.token === token) await unlink(join(dataDir, FILE_NAME)).catch(absentIsNull);
}

async function isFolder(path: string): Promise<boolean> {
  if (!isAbsolute(path)) return false;
  return stat(path).then((stats) => stats.isDirectory(), () => false);
}

function absentIsNull(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
