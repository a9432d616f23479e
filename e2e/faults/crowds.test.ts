/** Several engines that want one folder, and a crowd of commands that add to it at the same moment while its engine is killed. */
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { programPath } from '../support/program.ts';
import { finish } from './support/finish.ts';
import { countOf, randomFrom, SEED } from './support/random.ts';
import { bundle, Rig, until } from './support/rig.ts';

const RACES = countOf('RACES', 2);
const RIVALS = 4;
const STORMS = countOf('STORMS', 1);
/** How many processes add at the same moment. */
const STORM = 50;

let code: Awaited<ReturnType<typeof bundle>>;

beforeAll(async () => {
  code = await bundle();
});
afterAll(() => code.remove());

describe(`one folder (SEED=${SEED})`, () => {
  it(`that ${RIVALS} engines want at once, ${RACES} times, is had by one, and the next has it when that one is killed`, async () => {
    const rig = new Rig({ code: code.scripted });
    const random = randomFrom(SEED);
    const recoveryMs: number[] = [];
    try {
      for (let race = 0; race < RACES; race += 1) {
        const rivals = Array.from({ length: RIVALS }, () => rig.start());
        await Promise.all(rivals.map((engine) => engine.opened().catch(() => undefined)));
        const owners = rivals.filter(({ refusal }) => refusal === undefined);
        expect(owners, rivals.map(({ refusal, stderr }) => `${refusal?.message ?? 'owns'} ${stderr}`).join('\n')).toHaveLength(1);
        for (const { refusal } of rivals) if (refusal !== undefined) expect(refusal).toMatchObject({ code: 'STORE_OWNED' });
        const [owner] = owners;
        if (owner === undefined) return;
        const { api } = await owner.client();
        await rig.add(api, 6, { partMs: 30 });
        // One that stands still owns the folder all the same.
        if (race % 2 === 1) {
          process.kill(owner.pid, 'SIGSTOP');
          const late = await rig.start().opened().catch((error: unknown) => error);
          expect(late).toBeInstanceOf(Error);
          process.kill(owner.pid, 'SIGCONT');
        }
        await wait(200 * random());
        await owner.kill();
        const next = await rig.start().opened();
        await until('the next engine works', async () => next.firstBeganMs !== undefined || (await (await next.client()).api.getStatus({})).isIdle);
        if (next.firstBeganMs !== undefined) recoveryMs.push(next.firstBeganMs);
        await next.kill();
      }
      await finish(rig, { part: 'crowds', test: 'engines that want one folder', runs: RACES, recoveryMs });
    } finally {
      await rig.leave();
    }
  }, 600_000);

  it(`that ${STORM} processes add to at once, ${STORMS} times, while its engine is killed, has each task once`, async () => {
    const rig = new Rig({ code: code.scripted });
    const random = randomFrom(SEED + 2);
    try {
      for (let storm = 0; storm < STORMS; storm += 1) {
        const engine = await rig.start().opened();
        const adders = Array.from({ length: STORM }, () => addByCommand(rig));
        await wait(500 + 4_000 * random());
        await engine.kill();
        const refusals = (await Promise.all(adders)).filter((error) => error !== null);
        // Whoever got no answer was told that, and to look.
        for (const error of refusals) expect(error).toMatchObject({ code: 'STORE_OWNED' });
      }
      await finish(rig, { part: 'crowds', test: 'processes that add at once', runs: STORMS * STORM });
    } finally {
      await rig.leave();
    }
  }, 900_000);
});

const answer = z.union([z.object({ tasks: z.array(z.object({ id: z.int() })) }), z.object({ error: z.object({ code: z.string(), message: z.string() }) })]);

/** `longhaul add`; what it acknowledged is promised. Gives the error that it ended with. */
async function addByCommand(rig: Rig): Promise<{ code: string; message: string } | null> {
  const { path, script } = rig.makeInput({ partMs: 1, parts: 1 });
  const child = spawn(process.execPath, [programPath(), 'add', path, '--recipe', 'thumbnail', '--out', rig.outDir, '--data', rig.dataDir, '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
  await new Promise((resolve) => child.once('close', resolve));
  const said = answer.parse(JSON.parse(stdout));
  if ('error' in said) return said.error;
  for (const { id } of said.tasks) rig.promised.push({ id, script });
  return null;
}
