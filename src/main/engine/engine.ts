/** Puts the engine together: store, recipes, and (where it works) workers, scheduler and estimator. */
import { randomBytes, randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Recovery } from '../../shared/backup-contract.ts';
import type { EngineApi, EngineEvent, EngineStatus } from '../../shared/contract.ts';
import type { TaskError } from '../../shared/errors.ts';
import { resolveSettings, type SettingName, type Settings } from '../../shared/settings.ts';
import { QUEUE_NAMES, type QueueName, type TaskId, type TaskStatus } from '../../shared/task.ts';
import { Changes } from './changes.ts';
import { systemClock, systemRandom, type Clock } from './clock.ts';
import { makeDataDir } from './data-dir.ts';
import { Events } from './events.ts';
import { Feed } from './feed.ts';
import { runMaintenance } from './handlers/maintenance/index.ts';
import type { UpkeepParts } from './handlers/maintenance/upkeep.ts';
import { handler as report } from './handlers/report/index.ts';
import { Holds, type HostHold } from './holds.ts';
import { Leftovers } from './leftovers.ts';
import type { LocatedPaths } from './located-paths.ts';
import type { Tools } from './media/tools.ts';
import { Rehearsals } from './rehearsal.ts';
import { recover, recoveryTrouble, type Recovered } from './recovery.ts';
import { Recipes } from './recipes.ts';
import { OwnRecipes } from './recipes/own-recipes.ts';
import { createResources, type ResourceOptions } from './resources/index.ts';
import { folderBytes } from './resources/temp-files.ts';
import { TempUpkeep } from './resources/temp-upkeep.ts';
import { Estimator } from './scheduler/estimator.ts';
import { Persister } from './scheduler/persist.ts';
import { QueueGates } from './scheduler/queue-gates.ts';
import { writtenBytes } from './scheduler/growth.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { Schedules } from './schedules/schedules.ts';
import { machineZone } from './schedules/timing.ts';
import { openStore } from './store/client.ts';
import type { Store } from './store/store.ts';
import { TaskLogs } from './task-log.ts';
import { createVerbs } from './verbs/index.ts';
import { VERSION } from './version.ts';
import { Watches } from './watches/watches.ts';
import { startInside } from './workers/inner-worker.ts';
import { noteWorkers } from './workers/noted-workers.ts';
import { WorkerPool } from './workers/pool.ts';
import { runWith } from './workers/serve.ts';
import { forkWorkerProcess, type StartWorkerProcess } from './workers/worker-process.ts';

export interface EngineOptions {
  /** Made when missing. One engine at a time owns it. */
  readonly dataDir: string;
  /** The folder of the built entry points: worker.js, store-thread.js. */
  readonly codeDir: string;
  readonly recipesDir: string;
  /** Null: takes commands and answers queries, works on nothing. */
  readonly work: WorkOptions | null;
  readonly clock?: Clock;
  /** 0 to 1; spreads retries. */
  readonly random?: () => number;
}

export interface WorkOptions {
  readonly tools: LocatedPaths;
  /** Defaults to forking Node processes. */
  readonly startWorker?: StartWorkerProcess;
  /** Tasks at a time by queue, instead of the settings `queue.<name>` and the defaults. */
  readonly concurrency?: Partial<Record<QueueName, number>>;
  /** Works on nothing until `workOn` says on what. */
  readonly isSelective?: boolean;
  /** Whether schedules fire; a selective engine fires none in any case. Default: true. */
  readonly isScheduling?: boolean;
  /** What is said of the machine, instead of what is found. */
  readonly machine?: ResourceOptions['machine'];
}

export interface Engine {
  readonly api: EngineApi;
  /** What this start found and mended; null in an engine that does not work. */
  readonly recovered: Recovered | null;
  /** What this opening of the queue had to mend; null: nothing. */
  readonly mended: Recovery | null;
  /** Returns what ends the listening. */
  on(listener: (event: EngineEvent) => void): () => void;
  /** A selective engine works on these and what they depend on, and on nothing else. */
  workOn(ids: readonly TaskId[]): Promise<void>;
  /** What the host sees of the machine; whether work waits for it the settings say. */
  setHold(hold: HostHold, isHeld: boolean): void;
  /** Interrupts running work safely, saves, closes. Safe to call twice. */
  close(): Promise<void>;
}

/** Opens a data folder. Rejects with STORE_OWNED when another process owns it, STORE_DAMAGED when it can't be read. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const clock = options.clock ?? systemClock;
  await makeDataDir(options.dataDir);
  const recipes = await Recipes.load(options.recipesDir);
  const ownRecipes = new OwnRecipes(join(options.dataDir, 'recipes'), recipes);
  await ownRecipes.load();
  const store = await openStore({ dir: options.dataDir, threadPath: join(options.codeDir, 'store-thread.js'), now: clock.now() });
  try {
    return await assemble(options, { clock, recipes, ownRecipes, store });
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function assemble(options: EngineOptions, { clock, recipes, ownRecipes, store }: { clock: Clock; recipes: Recipes; ownRecipes: OwnRecipes; store: Store }): Promise<Engine> {
  const startedAt = clock.now();
  const events = new Events(clock);
  const feed = new Feed(events, clock, randomUUID());
  const changes = new Changes(store, events);
  const logs = new TaskLogs(store, clock);
  const stored = await store.getSettings();
  const settings = new LiveSettings(stored);
  const storeId = await storeIdOf(store, settings.stored('storeId'));
  const workDir = join(options.dataDir, 'work');
  const leftovers = new Leftovers(workDir, storeId);
  const holds: Holds = new Holds({ settings: () => settings.all, store, dataDir: options.dataDir, clock, isWorking: () => (work?.scheduler.runningCount ?? 0) > 0, onChange: () => {
    events.emit({ kind: 'settings' });
    work?.scheduler.holdsChanged();
  } });
  const queueGates: QueueGates = new QueueGates({ clock, stored, onChange: (hasOtherReasons) => {
    if (hasOtherReasons) events.emit({ kind: 'settings' });
    work?.scheduler.gatesChanged();
  } });
  const parts = { store, clock, events, feed, changes, logs, recipes, settings: () => settings.all, holds, queueGates, storeId, workDir, leftovers };
  const work = options.work === null ? null : await startWork(options, options.work, parts);

  const status = async (): Promise<EngineStatus> => {
    const counts = await userCounts(store);
    return {
      pid: process.pid, version: VERSION, dataDir: options.dataDir, startedAt, isRunning: work !== null, counts, trouble: events.trouble, holds: holds.reasons, tempBytes: await (work?.resources.tempBytes() ?? folderBytes(workDir)),
      queues: QUEUE_NAMES.map((name) => ({ name, concurrency: concurrencyOf(name, options.work, settings.all), running: work?.scheduler.runningIn(name) ?? 0, waitsFor: work?.scheduler.waitsFor(name) ?? [...queueGates.waitsFor(name)] })),
      isIdle: counts.pending + counts.waiting + counts.running + counts.retrying === 0 && (work?.scheduler.runningCount ?? 0) === 0,
    };
  };
  const wake = (): void => {
    work?.scheduler.wake();
    work?.estimator.wake();
  };
  const { api, close: closeVerbs } = createVerbs({
    ...parts, ownRecipes, rehearsals: work?.rehearsals ?? null, dataDir: options.dataDir, schedules: work?.schedules ?? null, watches: work?.watches ?? null, tools: options.work?.tools ?? null, scheduler: work?.scheduler ?? null, status, onWork: wake,
    onSetting: (name, value) => {
      settings.set(name, value);
      events.emit({ kind: 'settings' });
      holds.settingsChanged();
    },
  });
  wake();
  work?.schedules?.start();
  work?.watches?.start();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([work?.schedules?.close(), work?.watches?.close()]);
    holds.close();
    queueGates.close();
    await Promise.all([closeVerbs(), work?.close()]);
    await Promise.all([changes.told(), logs.flush()]);
    feed.close();
    await store.close();
    events.close();
  };
  const workOn = async (ids: readonly TaskId[]): Promise<void> => work?.scheduler.workOn(await withDependencies(store, ids));
  return {
    api, recovered: work?.recovered ?? null, mended: store.recovery, workOn, on: (listener) => events.on(listener), setHold: (hold, isHeld) => holds.setByHost(hold, isHeld),
    close: () => (closing ??= close()),
  };
}

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Events;
  readonly feed: Feed;
  readonly changes: Changes;
  readonly logs: TaskLogs;
  readonly recipes: Recipes;
  readonly settings: () => Settings;
  readonly holds: Holds;
  readonly queueGates: QueueGates;
  readonly storeId: string;
  readonly workDir: string;
  readonly leftovers: Leftovers;
}

async function startWork(options: EngineOptions, work: WorkOptions, parts: Parts) {
  const { store, clock, events, feed, changes, logs, recipes, settings, holds, queueGates, storeId, workDir, leftovers } = parts;
  const leaseOwner = randomUUID();
  const threads = availableParallelism();
  const recovered = await recover(store, { leaseOwner, now: clock.now(), workDir, storeId });
  if (recovered.queue !== null) events.emit({ kind: 'trouble', trouble: recoveryTrouble(recovered.queue) });
  for (const { id } of recovered.rescued) logs.write(id, 'the program ended while this task ran; it goes on from its checkpoint');
  const wake = (): void => scheduler.wake();
  const upkeep: UpkeepParts = {
    store, clock, settings, recipes, tools: work.tools, dataDir: options.dataDir, localZone: machineZone, onGone: (ids) => feed.gone(ids),
    onChanged: (ids) => {
      changes.note(ids);
      if (ids.length > 0) wake();
    },
  };
  const pool = new WorkerPool({
    entryPath: join(options.codeDir, 'worker.js'), start: work.startWorker ?? forkWorkerProcess, startInside: startInside(runMaintenance(upkeep, runWith(new Map([[report.type, report]])))), clock,
    onOutput: (line) => console.error(`worker: ${line}`), onWorker: noteWorkers(store),
    onTool: ({ kind, pid, startStamp }) => {
      resources.usage.tool(kind, pid);
      void (kind === 'toolStarted' ? store.addTool({ pid, startStamp }) : store.removeTool({ pid, startStamp })).catch(() => undefined);
    },
  });
  const persister = new Persister(clock, (trouble: TaskError | null) => events.emit({ kind: 'trouble', trouble: trouble?.toShape() ?? null }));
  const concurrency = (queue: QueueName): number => concurrencyOf(queue, work, settings());
  // Attempts that run side by side share the processor: four encoders of all its threads each would only get into each other's way.
  const threadsOf = (queue: QueueName): number => Math.max(1, Math.floor(threads / concurrency(queue) / (holds.isSlow ? 2 : 1)));
  const resources = createResources({
    store, clock, settings, holds, storeId, workDir, folderOf: (task) => leftovers.folderOf(task), threads: threadsOf, onFree: wake, onWaiting: (ids) => changes.note(ids),
    ...(work.machine === undefined ? {} : { machine: work.machine }),
  });
  const toolsOf = (queue: QueueName): Tools => ({ ...work.tools, preferredModel: settings().model, threads: threadsOf(queue) });
  const rehearsals = new Rehearsals({ pool, clock, storeId, tools: toolsOf });
  const scheduler = new Scheduler({
    store, clock, events, changes, logs, recipes, holds, queueGates, writtenBytes, pool, persister, leaseOwner, leftovers, storeId, random: options.random ?? systemRandom,
    tools: toolsOf,
    gates: [resources.admission], admission: resources.admission, onEstimate: (task, estimate) => resources.admission.estimated(task, estimate),
    concurrency, isSelective: work.isSelective ?? false,
  });
  const tempUpkeep = new TempUpkeep({ store, clock, workDir, storeId, days: () => Number(settings().keepPartsDays), onExpired: (ids) => {
    for (const id of ids) logs.write(id, 'its finished parts were cleared away; a retry starts over');
    changes.note(ids);
  } });
  tempUpkeep.start();
  const schedules = (work.isSelective ?? false) || work.isScheduling === false ? null : new Schedules({ store, clock, localZone: machineZone, onFired: (id) => upkeep.onChanged([id]), onFault: (line) => console.error(line) });
  const watches = schedules === null ? null : new Watches({ store, clock, recipes, settings, dataDir: options.dataDir, onChanged: (ids) => upkeep.onChanged(ids), onState: () => events.emit({ kind: 'watches' }) });
  events.follow((event) => {
    if (event.kind === 'task' && event.task.groupId !== null) watches?.tasksChanged();
  });
  changes.showThrough((task) => scheduler.overlay(task));
  const estimator = new Estimator({ store, clock, events, ffprobePath: work.tools.ffprobePath, isShort: (queue) => scheduler.isShort(queue) });
  return {
    scheduler, rehearsals, schedules, watches, estimator, recovered, resources,
    close: async (): Promise<void> => {
      persister.close();
      resources.admission.close();
      await Promise.all([scheduler.close(), tempUpkeep.close(), estimator.close()]);
      pool.close();
    },
  };
}

/** The tasks and everything they wait for, however far back. */
async function withDependencies(store: Store, ids: readonly TaskId[]): Promise<TaskId[]> {
  const all = new Set<TaskId>();
  for (let next = [...ids]; next.length > 0; ) {
    for (const id of next) all.add(id);
    const { tasks } = await store.list({ ids: next, limit: next.length, offset: 0 });
    next = [...new Set(tasks.flatMap(({ dependsOn }) => dependsOn))].filter((id) => !all.has(id));
  }
  return [...all];
}

/** Listed tasks by status, without what Longhaul does for itself: nobody waits for that. */
async function userCounts(store: Store): Promise<EngineStatus['counts']> {
  const [counts, upkeep] = await Promise.all([store.counts(), store.openUpkeep()]);
  const own = new Map(upkeep.map(({ status, tasks }) => [status, tasks]));
  const of = (status: TaskStatus): number => counts[status] - (own.get(status) ?? 0);
  return { pending: of('pending'), waiting: of('waiting'), running: of('running'), retrying: of('retrying'), paused: of('paused'), completed: counts.completed, failed: counts.failed, cancelled: counts.cancelled };
}

/** Marks this data folder's temporary files. Made at its first start. */
async function storeIdOf(store: Store, known: string | undefined): Promise<string> {
  if (known !== undefined) return known;
  const storeId = randomBytes(4).toString('hex');
  await store.setSetting('storeId', storeId);
  return storeId;
}

function concurrencyOf(queue: QueueName, work: WorkOptions | null, settings: Settings): number {
  const chosen = queue === 'maintenance' ? 1 : Number(settings[`queue.${queue}`]);
  // 0: half of the cores, as each task keeps one busy and others shall go on beside them.
  return work?.concurrency?.[queue] ?? (chosen === 0 ? Math.max(1, Math.floor(availableParallelism() / 2)) : chosen);
}

/** The settings as they were stored, and what they come to. */
class LiveSettings {
  readonly #chosen: Map<string, string>;
  #all: Settings;

  constructor(chosen: Readonly<Record<string, string>>) {
    this.#chosen = new Map(Object.entries(chosen));
    this.#all = resolveSettings(chosen);
  }

  get all(): Settings {
    return this.#all;
  }

  /** Also what is kept beside the settings that people know of. */
  stored(name: string): string | undefined {
    return this.#chosen.get(name);
  }

  set(name: SettingName, value: string | null): void {
    if (value === null) this.#chosen.delete(name);
    else this.#chosen.set(name, value);
    this.#all = resolveSettings(Object.fromEntries(this.#chosen));
  }
}
