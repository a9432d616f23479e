/** An engine on a folder of its own, whose workers do what their input files say: what tests of the engine share. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { EngineEvent } from '../../shared/contract.ts';
import type { Task, TaskId } from '../../shared/task.ts';
import { createEngine, type Engine, type WorkOptions } from './engine.ts';
import { THREAD_PATH } from './store/test-store.ts';
import { ManualClock } from './test-clock.ts';
import type { Script } from './test-worker.ts';
import { forkWorkerProcess, type StartWorkerProcess } from './workers/worker-process.ts';

/** A test that waits longer than this has failed. */
const DEADLINE_MS = 45_000;

/** What the engine is to do; everything where nothing is said. */
export interface Kind {
  readonly isWorking?: boolean;
  readonly isSelective?: boolean;
  readonly startWorker?: StartWorkerProcess;
  /** Whether its schedules fire; not unless said so: they add tasks of their own. */
  readonly isScheduling?: boolean;
}

export interface TestEngine {
  readonly dir: string;
  readonly clock: ManualClock;
  /** The engine that is open now. */
  readonly engine: Engine;
  /** What it has told since it was opened. */
  readonly events: readonly EngineEvent[];
  /** Opens one more on the same folder. */
  open(kind?: Kind): Promise<Engine>;
  /** Closes the engine, as a quit does, and opens another one on the same folder. */
  restart(kind?: Kind): Promise<void>;
  /** Adds one task, by the recipe `picture` where none is named, whose results go to the folder `out`. */
  add(name: string, script: Script, more?: { recipe?: string; dependsOn?: number[]; priority?: number; runAt?: number }): Promise<TaskId>;
  /** Lets tasks whose script says `wait` go on. */
  letGoOn(): Promise<void>;
  /** Looks until the task is as wanted; lets backoffTickMs pass between two looks while it waits for a retry. */
  until(id: TaskId, isSo: (task: Task) => boolean, backoffTickMs?: number): Promise<Task>;
}

/** Opens it, on a machine that is said to be so or on the real one; it is closed and its folder goes when the test ends. */
export async function openTestEngine({ machine }: Pick<WorkOptions, 'machine'> = {}): Promise<TestEngine> {
  const dir = await makeFolders();
  const clock = new ManualClock();
  let events: EngineEvent[] = [];
  const open = async ({ isWorking = true, isSelective = false, isScheduling = false, startWorker = forkWorkerProcess }: Kind = {}): Promise<Engine> => {
    const tools = { ffmpegPath: '/none', ffprobePath: '/none', whisperCliPath: null, libreOfficePath: null, bundledModelsDir: '/none', modelsDir: '/none' };
    const opened = await createEngine({ dataDir: join(dir, 'data'), codeDir: join(dir, 'code'), recipesDir: join(dir, 'recipes'), work: isWorking ? { tools, isSelective, isScheduling, startWorker, ...(machine === undefined ? {} : { machine }) } : null, clock, random: () => 1 });
    events = [];
    opened.on((event) => events.push(event));
    return opened;
  };
  let engine = await open();
  onTestFinished(async () => {
    await engine.close();
    await rm(dir, { recursive: true, force: true });
  });
  return {
    dir, clock, open,
    get engine() { return engine; },
    get events() { return events; },
    async restart(kind) {
      await engine.close();
      engine = await open(kind);
    },
    async add(name, script, more = {}) {
      const input = join(dir, 'in', name);
      await writeFile(input, JSON.stringify(script));
      const { tasks } = await engine.api.addTasks({ tasks: [{ input, recipe: 'picture', outputDir: join(dir, 'out'), ...more }] });
      return tasks[0]?.id ?? 0;
    },
    letGoOn: () => writeFile(join(dir, 'in', 'go'), ''),
    async until(id, isSo, backoffTickMs = 0) {
      let task: Task | undefined;
      for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; await wait(10)) {
        task = await engine.api.getTask({ id });
        if (isSo(task)) return task;
        if (task.status === 'retrying') clock.advance(backoffTickMs);
      }
      throw new Error(`task ${id} is ${JSON.stringify(task)}`);
    },
  };
}

/** Whether a task is in one of these statuses. */
export function is(...statuses: Task['status'][]): (task: Task) => boolean {
  return (task) => statuses.includes(task.status);
}

/** What the task's first output says. */
export function outputText(task: Task): Promise<string> {
  return readFile(String(task.outputs[0]?.path), 'utf8');
}

async function makeFolders(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-engine-'));
  for (const name of ['code', 'recipes', 'data', 'in', 'out']) await mkdir(join(dir, name));
  await writeFile(join(dir, 'code', 'worker.js'), `import ${JSON.stringify(join(import.meta.dirname, 'test-worker.ts'))};`);
  await writeFile(join(dir, 'code', 'store-thread.js'), `import ${JSON.stringify(THREAD_PATH)};`);
  await writeFile(join(dir, 'code', 'package.json'), '{"type":"module"}');
  for (const [name, type] of [['picture', 'video_thumbnail'], ['speech', 'transcribe'], ['report', 'report']]) {
    await writeFile(join(dir, 'recipes', `${name}.json`), JSON.stringify({ name, type, version: 1, purpose: 'other', title: { en: 'For tests.', zh: 'For tests.' }, description: { en: 'For tests.', zh: 'For tests.' }, options: {} }));
  }
  return dir;
}
