import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { EngineEvent, MethodOutput } from '../../shared/contract.ts';
import type { TaskSummary } from '../../shared/summary.ts';
import type { TaskId } from '../../shared/task.ts';
import { openTestEngine, type TestEngine } from './test-engine.ts';

type Delta = Extract<EngineEvent, { kind: 'delta' }>;

const TASKS = 120;
const PAGE = 20;

/** What a window does: pages, and over each the deltas with a higher revision; later deltas as they come. */
class Mirror {
  readonly tasks = new Map<TaskId, TaskSummary>();
  readonly heard: Delta[] = [];

  take({ revision, tasks }: MethodOutput<'getSnapshot'>): void {
    for (const task of tasks) this.tasks.set(task.id, task);
    for (const delta of this.heard) if (delta.revision > revision) this.#apply(delta);
  }

  hear(delta: Delta): void {
    this.heard.push(delta);
    this.#apply(delta);
  }

  #apply(delta: Delta): void {
    for (const task of delta.tasks) this.tasks.set(task.id, task);
    for (const id of delta.removed) this.tasks.delete(id);
  }

  get list(): TaskSummary[] {
    return [...this.tasks.values()].sort((a, b) => b.id - a.id);
  }
}

/** An engine on hold with a list, and commands that change a task of every page. */
async function setUp() {
  const test = await openTestEngine();
  const { api } = test.engine;
  await api.setSetting({ name: 'hold', value: 'now' });
  const input = join(test.dir, 'in', 'a');
  await writeFile(input, '{}');
  await api.addTasks({ tasks: Array.from({ length: TASKS }, () => ({ input, recipe: 'picture', outputDir: join(test.dir, 'out') })) });
  const commands = [api.pauseTasks, api.cancelTasks, (wish: { ids: TaskId[] }) => api.prioritiseTasks({ ...wish, priority: 9 }), api.removeTasks];
  /** Changes every sixth task, each page's share of them in another way. */
  const change = async (turn: number): Promise<void> => {
    const ids = Array.from({ length: TASKS / 6 }, (_, index) => 6 * index + (turn % 6) + 1);
    await commands[turn % 4]?.({ ids }).catch(() => undefined);
  };
  return { test, change };
}

/** Until all that has changed so far has been told. */
async function told({ clock }: TestEngine, mirror: Mirror, atLeast: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; mirror.heard.length < atLeast; await setImmediate()) {
    if (Date.now() > deadline) throw new Error(`Only ${mirror.heard.length} deltas came.`);
    clock.advance(20);
  }
}

it('a snapshot in pages and the deltas that race with it lead to the truth', async () => {
  const { test, change } = await setUp();
  const { api } = test.engine;
  const mirror = new Mirror();
  test.engine.on((event) => {
    if (event.kind === 'delta') mirror.hear(event);
  });
  let turn = 0;
  for (let before: TaskId | null = null, isFirst = true; isFirst || before !== null; isFirst = false) {
    // One change that is committed and not told when the page is asked for, and one that is told before the page has come.
    await change(turn++);
    const asked: Promise<MethodOutput<'getSnapshot'>> = api.getSnapshot({ before, limit: PAGE });
    await change(turn++);
    await told(test, mirror, mirror.heard.length + 1);
    const page = await asked;
    mirror.take(page);
    before = page.next;
  }
  await change(turn);
  const truth = await api.getSnapshot({});
  expect(truth.tasks.length).toBeLessThan(TASKS);
  await expect.poll(() => {
    test.clock.advance(20);
    return mirror.list;
  }).toEqual(truth.tasks);
});
