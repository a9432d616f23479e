/** One engine after another on one disk: the real scheduler, store operations, pool and attempts; clock, workers and faults by dice. */
import { TaskError } from '../../../shared/errors.ts';
import { resolveSettings } from '../../../shared/settings.ts';
import type { TaskId, TaskStatus } from '../../../shared/task.ts';
import { Changes } from '../changes.ts';
import { Events } from '../events.ts';
import { Feed } from '../feed.ts';
import { Holds } from '../holds.ts';
import type { Recipes } from '../recipes.ts';
import { Persister } from '../scheduler/persist.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import type { Store, TaskDraft } from '../store/store.ts';
import { TaskLogs } from '../task-log.ts';
import { ManualClock } from '../test-clock.ts';
import { WorkerPool } from '../workers/pool.ts';
import type { Dice } from './test-dice.ts';
import { BrokenPromise, Ledger } from './test-ledger.ts';
import { SimulatedDisk } from './test-simulated-disk.ts';
import { SimulatedWorkers } from './test-simulated-workers.ts';

/** What may happen in a step, and how often. */
const EVENTS = { work: 400, commit: 330, time: 90, add: 45, command: 50, hold: 4, loseWorker: 6, ghost: 8, crash: 3 } as const;
/** No new tasks above this: the small world meets more of its corners. */
const MOST_OPEN = 40;
const COMMANDS = { pause: 3, resume: 5, cancel: 2, retry: 4, remove: 1, prioritise: 4, move: 3 } as const;
/** Steps without any fault in which a world must come to rest. */
const CALM_STEPS = 5_000;

export interface WorldOptions {
  /** An empty folder. */
  readonly dir: string;
  readonly dice: Dice;
  readonly recipes: Recipes;
}

interface LiveEngine {
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly holds: Holds;
  readonly clock: ManualClock;
}

export class World {
  readonly #options: WorldOptions;
  readonly #disk: SimulatedDisk;
  readonly #ledger: Ledger;
  readonly #workers: SimulatedWorkers;
  readonly #ids: TaskId[] = [];
  #settings = resolveSettings({ 'holdBelowFreeMb': '0', 'queue.media': '3', 'queue.speech': '2' });
  #starts = 0;
  #nowMs = Date.UTC(2026, 0, 1);
  #engine: LiveEngine;
  /** What no engine should ever say. */
  #trouble: string | undefined;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#disk = new SimulatedDisk(options.dir, this.#nowMs);
    const selectStatus = this.#disk.db.prepare<[TaskId], TaskStatus>('SELECT status FROM task WHERE id = ?').pluck();
    const selectAll = this.#disk.db.prepare<[TaskId], object>('SELECT * FROM task WHERE id = ?');
    this.#ledger = new Ledger((id) => selectStatus.get(id), (id) => JSON.stringify({ now: this.#engine.clock.now(), ...selectAll.get(id) }));
    this.#workers = new SimulatedWorkers({ dice: options.dice, ledger: this.#ledger });
    this.#engine = this.#start();
  }

  get checks(): Ledger['checks'] {
    return this.#ledger.checks;
  }

  /** Something happens. Throws BrokenPromise. */
  async step(): Promise<void> {
    const { dice } = this.#options;
    switch (dice.weighted(EVENTS)) {
      case 'work':
        this.#workers.actOne();
        break;
      case 'commit':
        this.#commit(true);
        break;
      case 'time':
        this.#pass(dice.chance(0.02) ? dice.below(900_000) : dice.below(3_000));
        break;
      case 'add':
        this.#add();
        break;
      case 'command':
        this.#command();
        break;
      case 'hold':
        this.#hold(dice.pick(['none', 'none', 'afterCurrent', 'now']) ?? 'none');
        break;
      case 'loseWorker':
        this.#workers.killOne();
        break;
      case 'ghost':
        this.#ghost();
        break;
      case 'crash':
        this.#crash();
        break;
    }
    await this.#turn();
  }

  /** Nothing goes wrong any more, and everything paused is resumed: all must come to an end. Throws BrokenPromise. */
  async comeToRest(): Promise<void> {
    this.#hold('none');
    for (let step = 0; step < CALM_STEPS; step += 1) {
      this.#workers.actAll();
      await this.#turn();
      this.#commit(true);
      await this.#turn();
      // Also what waits for an hour that a clock set back has brought again.
      if (step % 5 === 0) this.#pass(30_000);
      if (step % 50 === 0) {
        const { store, scheduler, clock } = this.#engine;
        const paused = this.#idsOf("status = 'paused'");
        if (paused.length > 0) void store.resume(paused, clock.now()).then(() => scheduler.wake(), () => undefined);
        const open = this.#idsOf("status NOT IN ('completed', 'failed', 'cancelled')");
        if (open.length === 0 && this.#disk.waitingCount === 0 && scheduler.runningCount === 0) break;
      }
    }
    this.#ledger.settle();
    this.#compareCounts();
  }

  close(): void {
    this.#workers.vanishAll();
    this.#disk.close();
  }

  #start(): LiveEngine {
    this.#starts += 1;
    const { dice, recipes } = this.#options;
    const clock = new ManualClock(this.#nowMs);
    const store = this.#disk.connect();
    const events = new Events(clock);
    const changes = new Changes(store, events);
    const feed = new Feed(events, clock, String(this.#starts));
    const logs = new TaskLogs(store, clock);
    const persister = new Persister(clock, () => undefined);
    const holds: Holds = new Holds({ settings: () => this.#settings, store, dataDir: this.#options.dir, clock, onChange: () => scheduler.holdsChanged() });
    const pool = new WorkerPool({ entryPath: '/worker', start: this.#workers.start, clock, onOutput: () => undefined, onTool: () => undefined });
    const scheduler = new Scheduler({
      store, clock, events, changes, logs, recipes, holds, pool, persister, leaseOwner: `engine-${this.#starts}`, storeId: 'simulated', random: () => dice.next(),
      tools: () => ({ ffmpegPath: '/none', ffprobePath: '/none', whisperCliPath: null, libreOfficePath: null, bundledModelsDir: '/none', modelsDir: '/none', preferredModel: 'auto', threads: 1 }),
      // Its files are no part of this world.
      leftovers: { folderOf: ({ id }) => `/work/${id}`, clear: () => Promise.resolve() },
      concurrency: (queue) => (queue === 'maintenance' ? 1 : Number(this.#settings[`queue.${queue}`])), isSelective: false,
    });
    changes.showThrough((task) => scheduler.overlay(task));
    events.on((event) => {
      if (event.kind === 'trouble' && event.trouble !== null) this.#trouble = event.trouble.message;
    });
    void store.rescue({ leaseOwner: `engine-${this.#starts}`, now: clock.now() }).then(() => scheduler.wake());
    void feed;
    return { store, scheduler, holds, clock };
  }

  /** The whole program dies: with its workers, with or without its last commit. */
  #crash(): void {
    const { dice } = this.#options;
    this.#ledger.checks.crashes += 1;
    if (dice.chance(0.5)) {
      this.#ledger.checks.lostAnswers += this.#disk.waitingCount;
      this.#commit(false);
    }
    this.#workers.vanishAll();
    this.#disk.cut();
    // A clock that was set back or on while nobody was there.
    this.#nowMs = this.#engine.clock.now() + (dice.chance(0.2) ? dice.below(7_200_000) - 3_600_000 : dice.below(10_000));
    this.#engine = this.#start();
  }

  /** What an attempt says that was given up long ago: nobody may believe it. */
  #ghost(): void {
    const { store, clock } = this.#engine;
    const select = this.#disk.db.prepare<[], { id: TaskId; leaseOwner: string; attempt: number }>(
      "SELECT id AS id, lease_owner AS leaseOwner, attempt AS attempt FROM task WHERE status = 'running' AND attempt > 1 ORDER BY id",
    );
    const held = this.#options.dice.pick(select.all());
    if (held === undefined) return;
    const stale = { ...held, attempt: held.attempt - 1, now: clock.now(), durationMs: 1, warnings: [] };
    const believed = (how: string) => (answer: unknown): void => {
      this.#ledger.checks.ghosts += 1;
      if (answer !== null && answer !== false) this.#trouble = `${how} of attempt ${stale.attempt} of task ${held.id} was believed while attempt ${held.attempt} ran`;
    };
    void store.savePart({ ...stale, index: 0, part: {} }).then(believed('a part'));
    void store.complete({ ...stale, outputs: [], message: '', pace: null }).then(believed('the completion'));
  }

  #commit(isHeard: boolean): void {
    this.#ledger.moved(this.#disk.commit(isHeard));
  }

  #pass(ms: number): void {
    this.#engine.clock.advance(ms);
  }

  #add(): void {
    const { dice } = this.#options;
    if (this.#idsOf("status NOT IN ('completed', 'failed', 'cancelled', 'paused')").length > MOST_OPEN) return;
    const { store, scheduler, clock } = this.#engine;
    const known = this.#idsOf("status NOT IN ('failed', 'cancelled') AND deleted_at IS NULL").slice(-12);
    const drafts = Array.from({ length: 1 + dice.below(4) }, (): TaskDraft => {
      const isSpeech = dice.chance(0.3);
      const members = dice.chance(0.25) ? known.filter(() => dice.chance(0.4)) : [];
      return {
        type: isSpeech ? 'transcribe' : 'video_thumbnail', recipe: isSpeech ? 'transcript' : 'thumbnail', queue: isSpeech ? 'speech' : 'media', priority: dice.below(11),
        inputs: ['/in/clip.mov'], outputDir: null, options: {}, maxRetries: 3, dependsOn: members, runAt: dice.chance(0.2) ? clock.now() + dice.below(20_000) : null,
      };
    });
    void store.insertTasks(drafts, clock.now()).then((added) => {
      added.forEach(({ id }, at) => {
        this.#ledger.accept(id, drafts[at]?.dependsOn ?? []);
        this.#ids.push(id);
      });
      scheduler.wake();
    }, refusedByState);
  }

  #command(): void {
    const { dice } = this.#options;
    const ids = this.#ids.slice(-60).filter(() => dice.chance(0.05));
    if (ids.length === 0) return;
    const { store, scheduler, clock } = this.#engine;
    const now = clock.now();
    const stopping = (reason: 'pause' | 'cancel' | 'remove', touched: ReturnType<Store['pause']>): void => void touched.then((results) => {
      for (const { task } of results) if (task.status === 'running') scheduler.stop(task.id, reason);
      scheduler.wake();
    }, refusedByState);
    const waking = (work: Promise<unknown>): void => void work.then(() => scheduler.wake(), refusedByState);
    switch (dice.weighted(COMMANDS)) {
      case 'pause':
        return stopping('pause', store.pause(ids, now));
      case 'cancel':
        return stopping('cancel', store.cancel(ids, now));
      case 'remove':
        for (const id of ids) this.#ledger.removed(id);
        return stopping('remove', store.remove(ids, now));
      case 'resume':
        return waking(store.resume(ids, now));
      case 'retry':
        return waking(store.retry(ids, now));
      case 'prioritise':
        return waking(store.prioritise(ids, dice.below(11), now));
      case 'move': {
        const [before, ...moved] = this.#idsOf("status = 'pending'").filter(() => dice.chance(0.3));
        if (moved.length > 0) waking(store.moveTasks(moved, before ?? null, now));
      }
    }
  }

  #hold(hold: 'none' | 'afterCurrent' | 'now'): void {
    this.#settings = { ...this.#settings, hold };
    this.#engine.holds.settingsChanged();
    this.#engine.scheduler.wake();
  }

  #idsOf(condition: string): TaskId[] {
    return this.#disk.db.prepare<[], TaskId>(`SELECT id FROM task WHERE ${condition}`).pluck().all();
  }

  /** The counts that are kept against those that are counted. */
  #compareCounts(): void {
    const counted = this.#disk.db.prepare<[], { status: TaskStatus; tasks: number }>('SELECT status AS status, COUNT(*) AS tasks FROM task WHERE deleted_at IS NULL GROUP BY status').all();
    const kept = this.#disk.db.prepare<[], { status: TaskStatus; tasks: number }>('SELECT status AS status, tasks AS tasks FROM status_count WHERE tasks <> 0').all();
    const text = (rows: readonly { status: TaskStatus; tasks: number }[]): string => rows.map(({ status, tasks }) => `${status} ${tasks}`).sort().join(', ');
    if (text(counted) !== text(kept)) throw new BrokenPromise(`the kept counts (${text(kept)}) are not what is there (${text(counted)})`);
  }

  /** Everything that can run without a commit, a worker or the clock has run after this. */
  async #turn(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#trouble !== undefined) throw new BrokenPromise(`the engine was in trouble: ${this.#trouble}`);
  }
}

/** A command that comes too late, or a dependency that failed meanwhile: the user is told, and nothing has changed. */
function refusedByState(error: unknown): void {
  if (!(error instanceof TaskError) || !['TASK_STATE', 'TASK_UNKNOWN'].includes(error.code)) throw error;
}
