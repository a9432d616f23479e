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
    dependencyMode: 'completed', parentTaskId: null, groupId: null, owner: null, tier: 'FREE', documentId: null, project: null, notify: [], rateKey: null,
    retryDelayMs: null, softLimitSeconds: null, hardLimitSeconds: null, scheduleId: null, scheduledFor: null, resumable: true,
    ...change,
  };
}

const notHere = (): Promise<never> => Promise.reject(new TaskError('NOT_HERE', 'An engine without work has none of that.'));
/** What only an engine with a store and workers can answer. */
const ABSENT = {
  pauseGroup: notHere, resumeGroup: notHere, cancelGroup: notHere, retryGroup: notHere, prioritiseGroup: notHere,
  getGroup: notHere, saveTranscript: notHere, downloadModel: notHere, cancelModelDownload: notHere, removeModel: notHere,
  exportDeadLetters: notHere, pauseQueue: notHere, resumeQueue: notHere, setQueue: notHere, setRateLimit: notHere,
  getTranscript: notHere, exportTranscript: notHere, backupNow: notHere, exportQueue: notHere, importQueue: notHere,
  addWatchRule: notHere, changeWatchRule: notHere, removeWatchRule: notHere, scanWatchRule: notHere,
  addSchedule: notHere, changeSchedule: notHere, removeSchedule: notHere, runScheduleNow: notHere,
  copyRecipe: notHere, changeRecipe: notHere, removeRecipe: notHere, importRecipe: notHere, exportRecipe: notHere, getCommands: notHere, getRecipeOptions: notHere,
} as const;

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
      return briefOf(moved);
    }),
  });
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
          const added = testTask({ id: tasks.size + 1, recipe: wanted.recipe, inputs: wanted.input === undefined ? [] : [wanted.input], priority: wanted.priority ?? 5 });
          tasks.set(added.id, added);
          return briefOf(added);
        }),
      }),
      pauseTasks: moveTo('paused'),
      resumeTasks: moveTo('pending'),
      cancelTasks: moveTo('cancelled'),
      retryTasks: moveTo('pending'),
      removeTasks: moveTo('cancelled'),
      prioritiseTasks: ({ ids }) => Promise.resolve({ tasks: ids.map(find).map(briefOf) }),
      setSetting: () => Promise.resolve({}),
      listTasks: async () => {
        await engine.beforeList();
        return { tasks: [...tasks.values()], total: tasks.size };
      },
      getTask: async ({ id }) => Promise.resolve(find(id)),
      getLog: () => Promise.resolve({ lines: [] }),
      listRecipes: () => Promise.resolve({ recipes: [], chains: [], refused: [] }),
      getStatus: () => Promise.resolve(statusOf(tasks)),
      getSettings: () => Promise.resolve({ settings: resolveSettings({}) }),
      ...ABSENT,
      listGroups: () => Promise.resolve({ groups: [], total: 0 }),
      moveTasks: ({ ids }) => Promise.resolve({ tasks: ids.map(find).map(briefOf) }),
      restoreTasks: ({ ids }) => Promise.resolve({ tasks: ids.map(find).map(({ id, type, status }) => ({ id, type, status })) }),
      listDeadLetters: () => Promise.resolve({ letters: [], total: 0, causes: [] }),
      replayDeadLetters: () => Promise.resolve({ tasks: [], refused: [] }),
      getAttempts: () => Promise.resolve({ attempts: [] }),
      getSnapshot: () => Promise.resolve({ epoch: 'test', revision: 0, tasks: [...tasks.values()].map(summaryOf), total: tasks.size, next: null }),
      inspectFiles: () => Promise.resolve({ files: [], leftOut: 0, next: null }),
      estimateFile: () => Promise.resolve({ estimate: null, problem: null }),
      listQueues: () => Promise.resolve({ queues: [] }),
      listRateLimits: () => Promise.resolve({ limits: [] }),
      listBackups: () => Promise.resolve({ backups: [], folder: '/data/backups', recovery: null }),
      listWatchRules: () => Promise.resolve({ rules: [] }),
      listSchedules: () => Promise.resolve({ schedules: [] }),
      listHistory: () => Promise.resolve({ tasks: [], next: null }),
      listModels: () => Promise.resolve({ models: [], chosen: null, catalogue: [] }),
    },
  };
  return engine;
}

function briefOf({ id, type, status }: Task): TaskBrief {
  return { id, type, status };
}

function statusOf(tasks: ReadonlyMap<TaskId, Task>): EngineStatus {
  const counts = { pending: 0, waiting: 0, running: 0, retrying: 0, paused: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { status } of tasks.values()) counts[status] += 1;
  return {
    pid: process.pid, version: '0.0.0', dataDir: '/data', startedAt: 0, isRunning: true, counts, queues: [],
    isIdle: counts.pending + counts.running + counts.waiting + counts.retrying === 0, trouble: null, holds: [], tempBytes: 0,
  };
}
