/** What Longhaul needs of a machine, looked at one by one. */
import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TaskError } from '../../shared/errors.ts';
import { capabilitiesOf, findHardwareEncoder, inspectQueue, makeDataDir, officeVersion, scanModels, sqliteVersion, type FoundPart } from '../engine/index.ts';
import { connectLocal } from '../local/client.ts';
import { bestModel } from './commands/models.ts';
import type { Host } from './host.ts';
import { formatBytes } from './terminal/format.ts';
import { locate, modelSurroundings } from './tools.ts';

/** One line of the report. */
export interface Part {
  readonly name: string;
  /** missing: needed, and work will fail without it. limited: goes without, with something less. */
  readonly state: 'found' | 'limited' | 'missing';
  readonly version: string | null;
  readonly path: string | null;
  /** Where it came from, or what is to be known about it. */
  readonly from: string;
  /** What to do; null when all is well. */
  readonly cure: string | null;
}

const OLDEST_NODE = [22, 13] as const;
/** A two-hour film's parts and result, roughly; with less, long work will stop for want of space. */
const LITTLE_SPACE_BYTES = 5e9;
/** FFmpeg's encoders by what is lost without them. */
const ENCODERS: readonly { readonly name: string; readonly recipes: string; readonly isNeeded: boolean }[] = [
  { name: 'libx264', recipes: 'mp4-h264, preview', isNeeded: true },
  { name: 'aac', recipes: 'mp4-h264, mp4-h265, preview', isNeeded: true },
  { name: 'mjpeg', recipes: 'thumbnail, contact-sheet', isNeeded: true },
  { name: 'libx265', recipes: 'mp4-h265', isNeeded: false },
  { name: 'libvpx-vp9', recipes: 'webm-vp9', isNeeded: false },
  { name: 'libsvtav1', recipes: 'webm-av1', isNeeded: false },
  { name: 'libopus', recipes: 'webm-vp9, webm-av1', isNeeded: false },
  { name: 'libmp3lame', recipes: 'mp3', isNeeded: false },
];

/** Looks at everything. Throws only when stopped. */
export async function examine(host: Host, dataDir: string, signal: AbortSignal): Promise<Part[]> {
  const { tools, parts } = await locate(host, dataDir, signal);
  const found = await Promise.all(parts.map(async (part) => (part.name === 'libreoffice' ? await officePart(part, signal) : toolPart(part))));
  const canEncode = parts.some(({ name, path }) => name === 'ffmpeg' && path !== null);
  return [
    nodePart(), await sqlitePart(), ...found,
    ...(canEncode ? [...(await encoderParts(tools.ffmpegPath, signal)), await hardwarePart(tools.ffmpegPath, signal)] : []),
    await modelPart(host, dataDir), await folderPart(dataDir), await queuePart(dataDir), await enginePart(dataDir),
  ];
}

function toolPart(part: FoundPart): Part {
  return { ...part, state: part.path === null ? 'missing' : 'found' };
}

/** Office documents are shown by their words without it. */
async function officePart(part: FoundPart, signal: AbortSignal): Promise<Part> {
  if (part.path === null) return { ...part, state: 'limited' };
  const version = await officeVersion(part.path, signal);
  return version === null ? { ...part, state: 'limited', cure: 'It does not start. Install LibreOffice again, or set LONGHAUL_LIBREOFFICE to another one.' } : { ...part, version, state: 'found' };
}

function nodePart(): Part {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return { name: 'Node', state: isNew ? 'found' : 'missing', version: process.versions.node, path: process.execPath, from: 'running', cure: isNew ? null : `Install Node ${OLDEST_NODE.join('.')} or newer.` };
}

async function sqlitePart(): Promise<Part> {
  try {
    return { name: 'SQLite', state: 'found', version: await sqliteVersion(), path: null, from: 'better-sqlite3', cure: null };
  } catch (error) {
    return { name: 'SQLite', state: 'missing', version: null, path: null, from: TaskError.from(error).message, cure: 'Run `npm ci` with the Node version that runs Longhaul.' };
  }
}

async function encoderParts(ffmpegPath: string, signal: AbortSignal): Promise<Part[]> {
  const { encoders } = await capabilitiesOf(ffmpegPath, signal);
  const absent = ENCODERS.filter(({ name }) => !encoders.has(name));
  const present = ENCODERS.filter(({ name }) => encoders.has(name)).map(({ name }) => name);
  return [
    { name: 'encoders', state: 'found', version: null, path: null, from: present.join(', '), cure: null },
    ...absent.map(({ name, recipes, isNeeded }): Part => ({
      name: 'encoder', state: isNeeded ? 'missing' : 'limited', version: null, path: null, from: `${name} is not in this FFmpeg`, cure: `${recipes} will fail. Install an FFmpeg that was built with ${name}.`,
    })),
  ];
}

async function hardwarePart(ffmpegPath: string, signal: AbortSignal): Promise<Part> {
  const tried = await Promise.all((['h264', 'h265', 'av1'] as const).map((codec) => findHardwareEncoder(ffmpegPath, codec, signal)));
  const names = tried.flatMap((encoder) => (encoder === null ? [] : [encoder.name]));
  return { name: 'hardware', state: 'found', version: null, path: null, from: names.length === 0 ? 'no encoder works here; --set encoder=hardware falls back to software' : names.join(', '), cure: null };
}

async function modelPart(host: Host, dataDir: string): Promise<Part> {
  const found = await scanModels(modelSurroundings(host, dataDir));
  const best = bestModel(found, 'auto');
  if (best === null) return { name: 'model', state: 'missing', version: null, path: null, from: 'no Whisper model was found', cure: 'Run `longhaul models add small`.' };
  const isEnglishOnly = !found.some(({ isMultilingual }) => isMultilingual);
  return {
    name: 'model', state: isEnglishOnly ? 'limited' : 'found', version: best.name, path: best.path, from: `${best.owner}; the best of ${String(found.length)}`,
    cure: isEnglishOnly ? 'Only English can be transcribed. For other languages and better results: `longhaul models add small`.' : null,
  };
}

async function folderPart(dataDir: string): Promise<Part> {
  try {
    await makeDataDir(dataDir);
    await access(dataDir, constants.W_OK);
    const { bavail, bsize } = await statfs(dataDir);
    const isLittle = bavail * bsize < LITTLE_SPACE_BYTES;
    return {
      name: 'data folder', state: isLittle ? 'limited' : 'found', version: null, path: dataDir, from: `${formatBytes(bavail * bsize)} free`,
      cure: isLittle ? 'Long work needs more space. Free some, or choose another folder with --data.' : null,
    };
  } catch (error) {
    return { name: 'data folder', state: 'missing', version: null, path: dataDir, from: TaskError.from(error).message, cure: `Make ${dirname(dataDir)} writable, or choose another folder with --data.` };
  }
}

/** What keeps the queue safe, read from its files alone: it may be open elsewhere. */
async function queuePart(dataDir: string): Promise<Part> {
  const { backups, setAside, hasQueue } = await inspectQueue(dataDir);
  const [newest] = backups;
  const kept = setAside.length === 0 ? '' : `; ${String(setAside.length)} damaged or replaced ${setAside.length === 1 ? 'queue is' : 'queues are'} kept in set-aside`;
  const said = newest === undefined ? 'no backup yet' : `${String(backups.length)} ${backups.length === 1 ? 'backup' : 'backups'}, the newest of ${new Date(newest.createdAt).toISOString()}`;
  return {
    name: 'queue', state: hasQueue && newest === undefined ? 'limited' : 'found', version: null, path: null, from: `${hasQueue ? said : 'none yet'}${kept}`,
    cure: hasQueue && newest === undefined ? '`longhaul backups make` makes one; a running engine does so each night.' : null,
  };
}

async function enginePart(dataDir: string): Promise<Part> {
  try {
    const client = await connectLocal({ dataDir });
    if (client === null) return { name: 'engine', state: 'found', version: null, path: null, from: 'not running; `longhaul run` starts it', cure: null };
    const { pid, version } = await client.api.getStatus({});
    client.close();
    return { name: 'engine', state: 'found', version, path: null, from: `running in process ${String(pid)}`, cure: null };
  } catch (error) {
    return { name: 'engine', state: 'missing', version: null, path: null, from: TaskError.from(error).message, cure: 'End that process if it stays so.' };
  }
}
