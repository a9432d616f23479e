/** Asks this machine for the programs and models that media work needs. */
import { join } from 'node:path';
import { locateTools, type Located, type LocatedPaths, type ModelSurroundings } from '../engine/index.ts';
import { TaskError } from '../../shared/errors.ts';
import type { Host } from './host.ts';

/** What was found, and what would cure the absence of the rest. */
export async function locate(host: Host, dataDir: string, signal: AbortSignal): Promise<Located> {
  const { env, platform, homeDir, resourcesDir } = host;
  return locateTools({ env, platform, homeDir, resourcesDir, dataDir }, signal);
}

/** The tools to work with. Without FFmpeg and ffprobe nothing can be done at all: that is said at once, not by each task. */
export async function locateForWork(host: Host, dataDir: string, signal: AbortSignal): Promise<LocatedPaths> {
  const { tools, parts } = await locate(host, dataDir, signal);
  const missing = parts.filter(({ name, path }) => path === null && name !== 'whisper-cli' && name !== 'libreoffice');
  if (missing.length === 0) return tools;
  throw new TaskError('TOOL_MISSING', `${missing.map(({ name, from }) => `${name} can't be used (${from})`).join(', ')}. ${missing[0]?.cure ?? ''}`);
}

/** Where models are looked for. */
export function modelSurroundings(host: Host, dataDir: string): ModelSurroundings {
  const { env, platform, homeDir, resourcesDir } = host;
  return { env, platform, homeDir, modelsDir: join(dataDir, 'models'), bundledModelsDir: join(resourcesDir, 'models') };
}
