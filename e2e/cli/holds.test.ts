import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine } from '../../src/main/engine/index.ts';
import { programPath } from '../support/program.ts';
import { SAMPLE, User } from './harness.ts';

let user: User;

beforeEach(() => {
  user = new User();
});
afterEach(() => user.leave());

/** As a window sets it. */
async function hold(value: string | null): Promise<void> {
  const engine = await createEngine({ dataDir: user.dataDir, codeDir: dirname(programPath()), recipesDir: join(import.meta.dirname, '../../resources/recipes'), work: null });
  await engine.api.setSetting({ name: 'hold', value });
  await engine.close();
}

it('run --until-idle says that the work is on hold and ends, and does it when the hold is over', async () => {
  const id = await user.add(SAMPLE, 'mp3');
  await hold('now');
  const held = await user.run('run', '--until-idle');
  expect(held).toMatchObject({ code: 0, stdout: '0 completed.\n' });
  expect(held.stderr).toContain('The work is on hold');
  expect(await user.show(id)).toMatchObject({ status: 'pending', attempt: 0 });
  await hold(null);
  expect(await user.run('run', '--until-idle')).toMatchObject({ code: 0 });
  expect(await user.show(id)).toMatchObject({ status: 'completed' });
});

it('do says that the work is on hold and that it is not finished', async () => {
  await hold('afterCurrent');
  const { code, stdout, stderr } = await user.run('do', '--recipe', 'mp3', '--out', user.outDir, SAMPLE);
  expect([code, stdout]).toEqual([1, '0 completed, 1 not finished.\n']);
  expect(stderr).toContain('The work is on hold');
});
