/** A watched folder of many files, and kill -9 of the engine while it takes and does them: each file is one task, done once, with one result. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalClient } from '../../src/main/local/client.ts';
import type { Task } from '../../src/shared/task.ts';
import { processesNaming } from '../support/processes.ts';
import { countOf, randomFrom, SEED } from './support/random.ts';
import { report } from './support/report.ts';
import { bundle, Rig, until } from './support/rig.ts';
import { script, wholeContent } from './support/script.ts';

const FILES = countOf('WATCH_FILES', 1_000);
const KILLS = 3;
const PER_FOLDER = 250;
const PAGE = 1_000;
const DEADLINE_MS = 1_500_000;

let code: Awaited<ReturnType<typeof bundle>>;

beforeAll(async () => {
  code = await bundle();
});
afterAll(() => code.remove());

describe(`a watched folder (SEED=${SEED})`, () => {
  it(`of ${FILES} files is done once each, through ${KILLS} kills of the engine while it takes and works`, async () => {
    const rig = new Rig({ code: code.scripted, concurrency: 6 });
    const random = randomFrom(SEED);
    const folder = join(rig.dir, 'watched');
    try {
      writeFiles(rig, folder);
      const first = await rig.start().opened();
      const { api } = await first.client();
      await api.addWatchRule({ name: 'films', folder, recipe: 'thumbnail', settleSeconds: 1, output: { place: 'folder', path: rig.outDir } });
      const takenAtKill: number[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        const engine = kill === 0 ? first : await rig.start().opened();
        const client = await engine.client();
        // The first one hits the taking, the others what comes of it.
        const before = takenAtKill.at(-1) ?? 0;
        await until('more files are taken', async () => (await takenOf(client)) > Math.min(before, FILES - 1), DEADLINE_MS);
        await wait(1_500 * random());
        takenAtKill.push(await takenOf(client));
        await engine.kill();
      }
      const engine = await rig.start().opened();
      const client = await engine.client();
      await until('every file is taken and done', async () => {
        const { state } = (await client.api.listWatchRules({})).rules[0] ?? {};
        return state !== undefined && state.status === 'watching' && state.waiting === 0 && state.taken >= FILES && state.open === 0;
      }, DEADLINE_MS);
      // A look at everything, after which nothing may have become of it.
      await client.api.scanWatchRule({ id: 1 });
      await until('the look is over', async () => (await client.api.listWatchRules({})).rules[0]?.state.status === 'watching', DEADLINE_MS);
      const verdict = judge(rig, await allTasks(client));
      await engine.close();
      report('kills', 'a watched folder', { runs: KILLS, ...verdict, overlapping: null, note: `${FILES} files; ${takenAtKill.join(', ')} were taken at the kills` });
      expect(await processesNaming(rig.dir)).toEqual([]);
    } finally {
      await rig.leave();
    }
  }, 2 * DEADLINE_MS);
});

function writeFiles(rig: Rig, folder: string): void {
  for (let at = 0; at < FILES; at += 1) {
    const dir = join(folder, `folder ${Math.floor(at / PER_FOLDER)}`);
    if (at % PER_FOLDER === 0) mkdirSync(dir, { recursive: true });
    // The control character makes it something else than a text: by its name then it is a film.
    writeFileSync(join(dir, `f${at}.mpg`), JSON.stringify({ sign: '\u007f', ...ordersOf(rig, at) }));
  }
}

function ordersOf(rig: Rig, at: number) {
  return script.parse({ name: `f${at}`, parts: 1, partMs: 0, partBytes: 16, ledger: join(rig.dir, 'ledger', 'all') });
}

async function takenOf({ api }: LocalClient): Promise<number> {
  return (await api.listWatchRules({})).rules[0]?.state.taken ?? 0;
}

async function allTasks({ api }: LocalClient): Promise<Task[]> {
  const all: Task[] = [];
  for (let total = 1; all.length < total; ) {
    const page = await api.listTasks({ type: ['video_thumbnail'], limit: PAGE, offset: all.length });
    total = page.total;
    all.push(...page.tasks);
    if (page.tasks.length === 0) break;
  }
  return all;
}

/** lost: files without a completed task. doubled: tasks and results beyond one for each file. */
function judge(rig: Rig, tasks: readonly Task[]): { lost: number; doubled: number; halfWritten: number } {
  const completed = new Set(tasks.filter(({ status }) => status === 'completed').flatMap(({ inputs }) => inputs));
  const outputs = readdirSync(rig.outDir);
  const whole = outputs.filter((name) => /^f\d+\.out$/.test(name) && readFileSync(join(rig.outDir, name)).equals(wholeContent(ordersOf(rig, Number(/\d+/.exec(name)?.[0])))));
  return { lost: FILES - completed.size + (FILES - whole.length), doubled: tasks.length - new Set(tasks.flatMap(({ inputs }) => inputs)).size + outputs.filter((name) => /\(\d+\)/.test(name)).length, halfWritten: outputs.length - whole.length };
}
