import { expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import type { LogLine } from './store.ts';
import { createLog } from './task-store-log.ts';
import { T0, tempDir } from './test-store.ts';

const LIMIT_BYTES = 400_000;

it('keeps all logs together below their limit: the oldest lines go, of whichever task', async () => {
  const db = openDatabase({ dir: await tempDir(), now: T0 });
  const addTask = db.prepare(`INSERT INTO task (type, recipe, status, queue, priority, order_key, inputs, options, max_retries, created_at, updated_at)
    VALUES ('video_convert', 'mp4-h264', 'pending', 'media', 5, 0, '[]', '{}', 3, 0, 0)`);
  addTask.run();
  addTask.run();
  const log = createLog(db, LIMIT_BYTES);
  const append = db.transaction((lines: readonly LogLine[]) => log.appendLog(lines));
  for (let round = 0; round < 60; round += 1) append(Array.from({ length: 100 }, (_, line) => [1 + (round % 2), T0, `${round}.${line} ${'x'.repeat(160)}`] as const));
  const bytes = db.prepare('SELECT SUM(LENGTH(line) + 40) FROM task_log').pluck().get();
  expect(bytes).toBeLessThan(LIMIT_BYTES * 1.1);
  expect(bytes).toBeGreaterThan(LIMIT_BYTES * 0.8);
  for (const [id, last] of [[1, 58], [2, 59]] as const) expect(log.readLog(id, 1, null)[0]?.[1]).toMatch(new RegExp(`^${last}\\.99 `));
  expect(db.prepare(`SELECT COUNT(*) FROM task_log WHERE line LIKE '0.%' OR line LIKE '1.%'`).pluck().get()).toBe(0);
  db.close();
});
