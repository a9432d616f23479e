import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { is, openTestEngine } from './test-engine.ts';

it('a queue that has gone back does nothing again that was done, and its user is told by every way there is', async () => {
  const test = await openTestEngine();
  const database = join(test.dir, 'data', 'longhaul.db');
  await test.restart({ isWorking: false });
  const done = await test.add('done', {});
  await test.engine.close();
  await copyFile(database, join(test.dir, 'older'));
  await test.restart();
  const { outputs } = await test.until(done, is('completed'));
  const missing = await test.add('missing', {});
  await test.until(missing, is('completed'));
  const files = await readdir(join(test.dir, 'out'));
  await test.engine.close();
  await copyFile(join(test.dir, 'older'), database);
  // Somebody looks at the list first: the engine that works afterwards tells all the same.
  await test.restart({ isWorking: false });
  expect(test.engine.mended).toMatchObject({ missing: [{ id: missing, input: join(test.dir, 'in', 'missing') }], undone: [{ id: done, was: 'completed', outputs: [outputs[0]?.path] }] });
  await test.restart();
  expect(test.engine.mended).toBeNull();
  expect(test.engine.recovered?.queue).toMatchObject({ missingCount: 1, undoneCount: 1 });
  expect((await test.engine.api.getStatus({})).trouble).toMatchObject({ code: 'STORE_DAMAGED', message: expect.stringContaining('1 accepted tasks are missing') });
  expect((await test.engine.api.listBackups({})).recovery).toEqual(test.engine.recovered?.queue);
  const next = await test.add('next', {});
  await test.until(next, is('completed'));
  expect(next).toBe(missing + 1);
  expect(await test.engine.api.getTask({ id: done })).toMatchObject({ status: 'paused' });
  expect((await readdir(join(test.dir, 'out'))).length).toBe(files.length + 1);
  await test.restart();
  expect(test.engine.recovered?.queue).toBeNull();
});

it('a backup by command is in the list, an export and its import go through the engine, and the new task is worked on', async () => {
  const test = await openTestEngine();
  const done = await test.add('a', {});
  await test.until(done, is('completed'));
  const { backup } = await test.engine.api.backupNow({});
  // Longhaul's own upkeep may be among the tasks.
  expect(backup).toMatchObject({ kind: 'manual' });
  expect((await test.engine.api.listBackups({})).backups).toEqual([backup]);
  const file = join(test.dir, 'queue.jsonl');
  const { tasks } = await test.engine.api.exportQueue({ file });
  expect(tasks).toBeGreaterThanOrEqual(1);
  await expect(test.engine.api.exportQueue({ file: 'relative.jsonl' })).rejects.toMatchObject({ code: 'USAGE' });
  expect(await test.engine.api.importQueue({ file })).toMatchObject({ tasks: 0, skipped: tasks });
  await writeFile(join(test.dir, 'nonsense'), 'nonsense');
  await expect(test.engine.api.importQueue({ file: join(test.dir, 'nonsense') })).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' });
});
