/** An engine in memory for tests of what carries calls: real answers in the contract's shape, no work. */
import type { EngineApi, EngineEvent, EngineStatus, TaskBrief } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { resolveSettings } from '../../shared/settings.ts';
import { summaryOf } from '../../shared/summary.ts';
import type { Task, TaskId, TaskStatus } from '../../shared/task.ts';

export interface TestEngine {
  readonly api: EngineApi;
  readonly tasks: Map<TaskId, Task>;
  on(listener: (event: EngineEvent) => void): () => void;
  emit(event: EngineEvent): void;
  readonly listenerCount: () => number;
  /** Runs before each listTasks answers. */
  beforeList: () => Promise<void>;
}

/** A task with every field, as the store would give it. */
export function testTask(change: Partial<Task> & { id: TaskId }): Task {
  return {
    type: 'video_convert', recipe: 'mp4-h264', status: 'pending', queue: 'media', priority: 5, progress: 0, progressCurrent: 0, progressTotal: 0,
    message: '', warnings: [], inputs: ['/in/clip.mov'], outputDir: null, outputs: [], options: {}, attempt: 0, failures: 0, maxRetries: 3,
    workerLosses: 0, checkpoint: null, error: null, lastError: null, dependsOn: [], runAt: null, leaseOwner: null, leaseUntil: null,
    stopRequested: null, createdAt: 1, updatedAt: 1, startedAt: null, completedAt: null, durationMs: 0, estimate: null, orderKey: 0, deletedAt: null,
    ...change,
  };
}

/** A fresh engine without tasks. */
export function createTestEngine(): TestEngine {
  const tasks = new Map<TaskId, Task>();
  const listeners = new Set<(event: EngineEvent) => void>();
  const find = (id: TaskId): Task => {
    const found = tasks.get(id);
    if (found === undefined) throw new TaskError('TASK_UNKNOWN', `There is no task ${String(id)}.`);
    return found;
  };
  const moveTo = (status: TaskStatus) => ({ ids }: { ids: TaskId[] }): Promise<{ tasks: TaskBrief[] }> => Promise.resolve({
    tasks: ids.map((id) => {
      const moved = { ...find(id), status };
      tasks.set(id, moved);
      return moved;
    }),
  });
  const notHere = (): Promise<never> => Promise.reject(new TaskError('NOT_HERE', 'An engine without work has none of that.'));
  const engine: TestEngine = {
    tasks,
    on: (listener) => {
      listeners.add(listener);
      return () => { listeners.delete(listener); };
    },
    emit: (event) => { for (const listener of listeners) listener(event); },
    listenerCount: () => listeners.size,
    beforeList: () => Promise.resolve(),
    api: {
      addTasks: (input) => Promise.resolve({
        tasks: input.tasks.map((wanted) => {
          const added = testTask({ id: tasks.size + 1, recipe: wanted.recipe, inputs: [wanted.input], priority: wanted.priority ?? 5 });
          tasks.set(added.id, added);
          return added;
        }),
      }),
      pauseTasks: moveTo('paused'),
      resumeTasks: moveTo('pending'),
      cancelTasks: moveTo('cancelled'),
      retryTasks: moveTo('pending'),
      removeTasks: moveTo('cancelled'),
      prioritiseTasks: ({ ids }) => Promise.resolve({ tasks: ids.map(find) }),
      setSetting: () => Promise.resolve({}),
      listTasks: async () => {
        await engine.beforeList();
        return { tasks: [...tasks.values()], total: tasks.size };
      },
      getTask: async ({ id }) => Promise.resolve(find(id)),
      getLog: () => Promise.resolve({ lines: [] }),
      listRecipes: () => Promise.resolve({ recipes: [] }),
      getStatus: () => Promise.resolve(statusOf(tasks)),
      getSettings: () => Promise.resolve({ settings: resolveSettings({}) }),
      moveTasks: ({ ids }) => Promise.resolve({ tasks: ids.map(find) }),
      saveTranscript: notHere,
      downloadModel: notHere,
      cancelModelDownload: notHere,
      removeModel: notHere,
      getAttempts: () => Promise.resolve({ attempts: [] }),
      getSnapshot: () => Promise.resolve({ epoch: 'test', revision: 0, tasks: [...tasks.values()].map(summaryOf), total: tasks.size, next: null }),
      inspectFiles: () => Promise.resolve({ files: [], leftOut: 0 }),
      estimateFile: () => Promise.resolve({ estimate: null, problem: null }),
      getTranscript: notHere,
      exportTranscript: notHere,
      listModels: () => Promise.resolve({ models: [], chosen: null, catalogue: [] }),
    },
  };
  return engine;
}

function statusOf(tasks: ReadonlyMap<TaskId, Task>): EngineStatus {
  const counts = { pending: 0, waiting: 0, running: 0, retrying: 0, paused: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { status } of tasks.values()) counts[status] += 1;
  return {
    pid: process.pid, version: '0.0.0', dataDir: '/data', startedAt: 0, isRunning: true, counts, queues: [],
    isIdle: counts.pending + counts.running + counts.waiting + counts.retrying === 0, trouble: null, holds: [],
  };
}
