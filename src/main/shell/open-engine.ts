/** Opens the queue: as this process's own, or, where another process has it, through that one. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TaskError } from '../../shared/errors.ts';
import { createEngine, locateTools, type LocatedPaths } from '../engine/index.ts';
import { connectLocal, type LocalClient } from '../local/client.ts';
import { startLocalServer } from '../local/server.ts';
import type { OpenEngine } from './engine-keeper.ts';
import type { Paths } from './paths.ts';
import { startUtilityWorker } from './utility-worker.ts';

/** Starts to look for the tools at once, which takes as long as the window does: call it before either is waited for. */
export function engineOpener({ dataDir, codeDir, resourcesDir }: Paths, version: string): () => Promise<OpenEngine> {
  const surroundings = { env: process.env, platform: process.platform, homeDir: homedir(), resourcesDir, dataDir };
  // Nothing stops this search but the end of the process.
  const locating = locateTools(surroundings, new AbortController().signal).then(({ tools }) => tools);
  // A failure is told by whoever waits for it.
  locating.catch(() => undefined);
  return async () => {
    const startedAt = Date.now();
    try {
      return await own({ tools: await locating, dataDir, codeDir, resourcesDir, version, startedAt });
    } catch (thrown) {
      const error = TaskError.from(thrown);
      const client = error.code === 'STORE_OWNED' ? await connectLocal({ dataDir }).catch(() => null) : null;
      if (client === null) throw error;
      return others(client);
    }
  };
}

interface OwnOptions {
  readonly tools: LocatedPaths;
  readonly dataDir: string;
  readonly codeDir: string;
  readonly resourcesDir: string;
  readonly version: string;
  readonly startedAt: number;
}

/** The command line talks to it over a socket meanwhile. */
async function own({ tools, dataDir, codeDir, resourcesDir, version, startedAt }: OwnOptions): Promise<OpenEngine> {
  const engine = await createEngine({ dataDir, codeDir, recipesDir: join(resourcesDir, 'recipes'), work: { tools, startWorker: startUtilityWorker } });
  try {
    const server = await startLocalServer({ api: engine.api, on: (listener) => engine.on(listener), dataDir, version, startedAt });
    return {
      api: engine.api,
      on: (listener) => engine.on(listener),
      setHold: (hold, isHeld) => { engine.setHold(hold, isHeld); },
      recoveredTasks: engine.recovered?.rescued.length ?? 0,
      over: new Promise(() => undefined),
      close: async () => {
        await server.close();
        await engine.close();
      },
    };
  } catch (thrown) {
    await engine.close();
    throw thrown;
  }
}

/** Of a `longhaul run` or `serve`: the window shows its queue and acts on it until it ends; then this process opens the queue itself. */
function others(client: LocalClient): OpenEngine {
  return {
    api: client.api,
    on: (listener) => client.on(listener),
    setHold: null,
    recoveredTasks: 0,
    over: client.over,
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}
