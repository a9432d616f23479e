import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../database.ts';
import { add, claim, complete, get, openTestStore, OWNER, T0, tempDir } from '../test-store.ts';
import { MIGRATIONS } from './index.ts';

/** A data folder as the first version left it: a pending, a running and a completed task, all with their place in the queue. */
async function folderOfVersionOne(): Promise<string> {
  const dir = await tempDir();
  const db = openDatabase({ dir, now: T0, migrations: MIGRATIONS.slice(0, 1) });
  const insert = db.prepare(
    `INSERT INTO task (type, recipe, status, queue, priority, order_key, inputs, options, max_retries, attempt, lease_owner, lease_until, created_at, updated_at)
     VALUES ('video_convert', 'mp4-h264', ?, 'media', 5, ?, '["/videos/a.mov"]', '{}', 3, ?, ?, ?, ${T0}, ${T0})`,
  );
  insert.run('pending', 300_000 - T0, 0, null, null);
  insert.run('running', 300_000 - T0, 1, 'engine-0', T0);
  insert.run('completed', 300_000 - T0, 1, null, null);
  db.close();
  return dir;
}

it('takes a database of the first version over with its rows, its order and its running work', async () => {
  const dir = await folderOfVersionOne();
  const store = await openTestStore(dir);
  expect((await store.list({ limit: 10, offset: 0 })).tasks.map(({ id, status, orderKey }) => [id, status, orderKey])).toEqual([
    [3, 'completed', 300_000 - T0], [2, 'running', 300_000 - T0], [1, 'pending', 300_000 - T0],
  ]);
  await store.rescue({ leaseOwner: OWNER, now: T0 + 1 });
  // Nobody wrote down when that attempt began.
  expect(await store.attempts(2)).toMatchObject([{ attempt: 1, outcome: 'lost', durationMs: 0 }]);
  expect(await store.attempts(3)).toEqual([]);
  expect(await store.document(3)).toBeNull();
  const added = await add(store, {}, T0);
  await store.moveTasks([added], 1, T0);
  const claimed = await claim(store);
  expect(claimed.task.id).toBe(added);
  await complete(store, claimed);
  expect(await get(store, added)).toMatchObject({ status: 'completed' });
});

it('keeps a copy of what was there before', async () => {
  const dir = await folderOfVersionOne();
  await (await openTestStore(dir)).close();
  const db = new Database(join(dir, 'backups', 'longhaul-v1-2023-11-14T22-13-20-000Z.db'), { readonly: true });
  expect(db.pragma('user_version', { simple: true })).toBe(1);
  expect(db.prepare('SELECT COUNT(*) FROM task').pluck().get()).toBe(3);
  db.close();
});
