/**
 * kill -9 of the engine at random moments and at every k-th commit, and of workers and tools: many kills on short tasks. kills.test.ts kills the
 * built program on long ones.
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesNaming } from '../support/processes.ts';
import { finish } from './support/finish.ts';
import { compileShim, Shim, whyNoCompiler } from './support/native.ts';
import { countOf, randomFrom, SEED } from './support/random.ts';
import { reportSkipped } from './support/report.ts';
import { bundle, Rig, until, type RunningEngine } from './support/rig.ts';
import { readLedger } from './support/verdict.ts';

const ENGINE_KILLS = countOf('ENGINE_KILLS', 6);
const COMMIT_KILLS = countOf('COMMIT_KILLS', 6);
const WORKER_KILLS = countOf('WORKER_KILLS', 4);

let code: Awaited<ReturnType<typeof bundle>>;

beforeAll(async () => {
  code = await bundle();
});
afterAll(() => code.remove());

describe(`kill -9 (SEED=${SEED})`, () => {
  it(`of the engine at ${ENGINE_KILLS} random moments, while tasks are added and done, loses and doubles nothing`, async () => {
    const rig = new Rig({ code: code.scripted });
    const random = randomFrom(SEED);
    const recoveryMs: number[] = [];
    try {
      for (let kill = 0; kill < ENGINE_KILLS; kill += 1) {
        const engine = rig.start();
        // Every fourth hits the start itself, the others the work.
        const isAtStart = kill % 4 === 3;
        const killed = (isAtStart ? wait(50 + 400 * random()) : engine.opened().then(() => wait(800 * random()))).then(() => engine.kill());
        await addUntilGone(rig, engine);
        await killed;
        if (engine.firstBeganMs !== undefined) recoveryMs.push(engine.firstBeganMs);
      }
      await finish(rig, { part: 'kills', test: 'the engine at random moments', runs: ENGINE_KILLS, recoveryMs });
      expect(await processesNaming(rig.dir)).toEqual([]);
    } finally {
      await rig.leave();
    }
  }, 600_000);

  it(`of the engine at its k-th commit, k = 1 … ${COMMIT_KILLS}, before and after the disk has it, loses and doubles nothing`, async ({ skip }) => {
    const reason = whyNoCompiler();
    if (reason !== null) {
      reportSkipped('kills', 'the engine at its k-th commit', reason);
      return skip(reason);
    }
    const rig = new Rig({ code: code.scripted });
    const library = compileShim(rig.dir);
    const recoveryMs: number[] = [];
    let kills = 0;
    try {
      for (let k = 1; k <= COMMIT_KILLS; k += 1) {
        const shim = new Shim(library, join(rig.dir, 'control'), { killAt: { sync: 1 + (k % 40), match: '-wal', isAfter: k % 2 === 0 } });
        const engine = rig.start(shim.env);
        await addUntilGone(rig, engine);
        kills += engine.hasEnded ? 1 : 0;
        if (engine.firstBeganMs !== undefined) recoveryMs.push(engine.firstBeganMs);
        await engine.kill();
      }
      expect(kills).toBe(COMMIT_KILLS);
      await finish(rig, { part: 'kills', test: 'the engine at its k-th commit', runs: kills, recoveryMs });
      expect(await processesNaming(rig.dir)).toEqual([]);
    } finally {
      await rig.leave();
    }
  }, 900_000);

  it(`of ${WORKER_KILLS} workers at work loses and doubles nothing, and their tasks go on within a second`, async () => {
    const rig = new Rig({ code: code.scripted });
    const random = randomFrom(SEED + 1);
    const recoveryMs: number[] = [];
    let kills = 0;
    try {
      const engine = await rig.start().opened();
      const { api } = await engine.client();
      // Some tasks are done before they are hit; not all of them may be.
      for (let round = 0; kills < WORKER_KILLS; round += 1) {
        expect(round).toBeLessThan(4 * WORKER_KILLS);
        const [task] = await rig.add(api, 1, { parts: 10, partMs: 30 });
        if (task === undefined) throw new Error('Nothing was added.');
        await until('the task has begun', () => readLedger(task).length > 0);
        await wait(250 * random());
        const lines = readLedger(task);
        if (lines.at(-1)?.what === 'end') continue;
        const before = lines.length;
        process.kill(lines.at(-1)?.pid ?? 0, 'SIGKILL');
        kills += 1;
        const killedAt = performance.now();
        await until('the task goes on', async () => readLedger(task).length > before || (await api.getTask({ id: task.id })).status === 'completed');
        recoveryMs.push(performance.now() - killedAt);
      }
      await engine.close();
      await finish(rig, { part: 'kills', test: 'workers at random moments', runs: kills, recoveryMs });
      expect(await processesNaming(rig.dir)).toEqual([]);
    } finally {
      await rig.leave();
    }
  }, 600_000);
});

/** Adds a few tasks at a time until the engine is gone. What was not acknowledged was not promised. */
async function addUntilGone(rig: Rig, engine: RunningEngine): Promise<void> {
  try {
    const { api } = await engine.client();
    while (!engine.hasEnded) {
      await rig.add(api, 1, { partMs: 15 });
      await wait(60);
    }
  } catch (error) {
    await until('the engine is gone', () => engine.hasEnded);
    if (engine.refusal !== undefined) throw error;
  }
}
