/** How long a large graph of tasks takes until it is stored: from the call on the engine to its answer, which comes after the commit. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine } from '../src/main/engine/index.ts';
import type { NewTask } from '../src/shared/new-task.ts';
import type { Print } from './print.ts';
import { quantile, round, withFolder } from './store-folder.ts';

const TASKS = 10_000;
const ROUNDS = 5;
/** Tasks that a task of a layered graph can depend on, and does on two of them. */
const LAYER = 100;

/** The dependencies of the n-th task, as places. */
const SHAPES: Readonly<Record<string, (n: number) => readonly number[]>> = {
  'layers of 100, two dependencies each': (n) => (n < LAYER ? [] : [n - LAYER, n - LAYER + ((n % LAYER) + 1 === LAYER ? 1 - LAYER : 1)]),
  'one chain': (n) => (n === 0 ? [] : [n - 1]),
  'a chord over all others': (n) => (n === TASKS - 1 ? Array.from({ length: TASKS - 1 }, (_, at) => at) : []),
};

/** One line per shape. */
export async function runGraphBench(print: Print): Promise<void> {
  for (const [shape, dependencies] of Object.entries(SHAPES)) await withFolder(async (dir) => print(await measure(dir, shape, dependencies)));
}

async function measure(dir: string, shape: string, dependencies: (n: number) => readonly number[]): Promise<object> {
  await mkdir(join(dir, 'recipes'));
  await writeFile(join(dir, 'recipes', 'noop.json'), JSON.stringify({ name: 'noop', type: 'video_thumbnail', version: 1, purpose: 'other', title: { en: 'Nothing.', zh: 'Nothing.' }, description: { en: 'Nothing.', zh: 'Nothing.' }, options: {} }));
  const input = join(dir, 'input');
  await writeFile(input, 'x');
  // Without workers: what is measured is the storing, not what the first of them do meanwhile.
  const engine = await createEngine({ dataDir: join(dir, 'data'), codeDir: join(import.meta.dirname, 'noop'), recipesDir: join(dir, 'recipes'), work: null });
  try {
    const tasks = Array.from({ length: TASKS }, (_, n): NewTask => ({ input, recipe: 'noop', key: `task-${n}`, dependsOn: dependencies(n).map((place) => `task-${place}`) }));
    const [tookMs, processorMs, stalledMs]: [number[], number[], number[]] = [[], [], []];
    for (let turn = -1; turn < ROUNDS; turn += 1) {
      const stalls = watchStalls();
      const [startMs, used] = [performance.now(), process.cpuUsage()];
      const { tasks: added } = await engine.api.addTasks({ tasks });
      const { user, system } = process.cpuUsage(used);
      if (turn >= 0) tookMs.push(performance.now() - startMs);
      processorMs.push((user + system) / 1000);
      stalledMs.push(stalls());
      if (added.length !== TASKS) throw new Error(`${added.length} tasks were stored.`);
    }
    return {
      case: `graph of ${TASKS} tasks stored: ${shape}`, medianMs: round(quantile(tookMs, 0.5), 0), worstMs: round(quantile(tookMs, 1), 0), target: '<= 1000 ms',
      processorMs: round(quantile(processorMs, 0.5), 0), longestStallOfTheEnginesThreadMs: round(quantile(stalledMs, 1), 0), rounds: ROUNDS,
    };
  } finally {
    await engine.close();
  }
}

/** The longest time for which this thread did nothing else; asked once, at the end. */
function watchStalls(): () => number {
  let [lastMs, longestMs] = [performance.now(), 0];
  const look = (): void => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    return longestMs;
  };
}
