/** How a command reaches the tasks: through the process that owns the data folder, or by opening the folder itself. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeRecovery } from '../../shared/backup-contract.ts';
import type { EngineApi, EngineEvent } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import type { TaskId } from '../../shared/task.ts';
import { createEngine, type Engine, type LocatedPaths } from '../engine/index.ts';
import { EngineGone, connectLocal, type LocalClient } from '../local/client.ts';
import { startLocalServer } from '../local/server.ts';
import type { Host } from './host.ts';
import { clean } from './terminal/text.ts';
import { endTurn, readTurn, takeTurn } from './turn.ts';

export interface Session {
  readonly api: EngineApi;
  on(listener: (event: EngineEvent) => void): () => void;
  /** A selective session works on these (and what they depend on) only; in any other it changes nothing. */
  workOn(ids: readonly TaskId[]): Promise<void>;
  /** Null: this process owns the folder. Else the process that does. */
  readonly ownerPid: number | null;
  /** Interrupted tasks of an earlier run that an own engine took up again. */
  readonly rescuedCount: number;
  /** Settles when another process's engine is gone; never for an own one. */
  readonly over: Promise<TaskError>;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly host: Host;
  readonly dataDir: string;
  /** The tools to work with; null: open the folder for a command only. Asked for when no other process runs the engine. */
  readonly tools: (() => Promise<LocatedPaths>) | null;
  /** An own engine works on nothing until `workOn` says on what. */
  readonly isSelective?: boolean;
  /** Ends the waiting for an owner. */
  readonly signal?: AbortSignal;
}

/** Other commands hold the folder for a fraction of a second each. */
const PATIENCE_MS = 10_000;
/** While the owner changes there is progress, but a script wants an answer some time. */
const MAX_PATIENCE_MS = 60_000;
/** Waits grow with the time already waited, and are spread so that many processes do not knock at the same moment. */
const MIN_WAIT_MS = 10;
const MAX_WAIT_MS = 400;
/** A turn that does not pass on is believed for so long; then the lock is tried, in case its note is wrong. */
const BELIEVE_TURN_MS = 2_000;

/** Opens a session for the time of one piece of work, and closes it. A piece of work that the owner did not take is asked again. */
export async function withSession<T>(options: SessionOptions, use: (session: Session) => Promise<T>): Promise<T> {
  for (;;) {
    const session = await openSession(options);
    try {
      return await use(session);
    } catch (error) {
      if (!(error instanceof EngineGone) || error.wasTaken) throw error;
    } finally {
      await session.close();
    }
  }
}

/** Throws STORE_OWNED when another process owns the folder and stays silent. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { host, dataDir } = options;
  const startedAt = host.now();
  let owner: number | null = null;
  let changedAt = startedAt;
  let triedAt = startedAt;
  for (;;) {
    const mayTry = (await takeTurn(dataDir, process.pid)) || host.now() - Math.max(triedAt, changedAt) > BELIEVE_TURN_MS;
    if (mayTry) triedAt = host.now();
    const session = await tryOpen(options, mayTry);
    if (session !== null && !(session instanceof TaskError)) return session;
    const seen = await readTurn(dataDir);
    if (seen !== owner) changedAt = host.now();
    owner = seen;
    const now = host.now();
    if (now - changedAt > PATIENCE_MS || now - startedAt > MAX_PATIENCE_MS || options.signal?.aborted === true) throw notAnswering(dataDir, owner, session);
    await delay(MIN_WAIT_MS + host.random() * Math.min(MAX_WAIT_MS, MIN_WAIT_MS + (now - startedAt) / 4));
  }
}

/** Null or a TaskError that is returned is worth another try; what is thrown is not. */
async function tryOpen(options: SessionOptions, mayOwn: boolean): Promise<Session | TaskError | null> {
  let session: Session | TaskError | null = null;
  try {
    const client = await connectLocal({ dataDir: options.dataDir }).catch(returnIf((error) => error.code === 'STORE_OWNED' && error.retryable));
    if (client instanceof TaskError) return client;
    if (client !== null) return attach(client);
    session = mayOwn ? await own(options).catch(returnIf((error) => error.code === 'STORE_OWNED')) : null;
    return session;
  } finally {
    // Whoever opened the folder keeps the turn until it closes it.
    if (session === null || session instanceof TaskError) await endTurn(options.dataDir, process.pid);
  }
}

function returnIf(isExpected: (error: TaskError) => boolean): (thrown: unknown) => TaskError {
  return (thrown) => {
    if (thrown instanceof TaskError && isExpected(thrown)) return thrown;
    throw thrown;
  };
}

function attach(client: LocalClient): Session {
  return {
    api: client.api,
    on: (listener) => client.on(listener),
    workOn: () => Promise.resolve(),
    ownerPid: client.pid,
    rescuedCount: 0,
    over: client.over,
    close: () => { client.close(); return Promise.resolve(); },
  };
}

async function own(options: SessionOptions): Promise<Session> {
  const { host, dataDir, tools, isSelective = false } = options;
  const engine = await createEngine({
    dataDir, codeDir: host.builtDir, recipesDir: join(host.resourcesDir, 'recipes'), work: tools === null ? null : { tools: await tools(), isSelective }, random: host.random,
  });
  for (const line of engine.mended === null ? [] : describeRecovery(engine.mended)) host.err.write(`longhaul: ${clean(line)}\n`);
  const stopServing = tools === null ? () => Promise.resolve() : await serve(engine, host, dataDir);
  return {
    api: engine.api,
    on: (listener) => engine.on(listener),
    workOn: (ids) => engine.workOn(ids),
    ownerPid: null,
    rescuedCount: engine.recovered?.rescued.length ?? 0,
    over: new Promise(() => undefined),
    close: async () => {
      await stopServing();
      await engine.close();
      await endTurn(dataDir, process.pid);
    },
  };
}

async function serve(engine: Engine, host: Host, dataDir: string): Promise<() => Promise<void>> {
  try {
    const server = await startLocalServer({ api: engine.api, on: (listener) => engine.on(listener), dataDir, version: host.version, startedAt: host.now() });
    return () => server.close();
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function notAnswering(dataDir: string, owner: number | null, cause: TaskError | null): TaskError {
  const who = owner === null ? 'Another process' : `Process ${String(owner)}`;
  return new TaskError('STORE_OWNED', `${who} owns the data folder ${dataDir} and does not answer. Wait until it is done, end it, or choose another folder with --data.`, { cause });
}
