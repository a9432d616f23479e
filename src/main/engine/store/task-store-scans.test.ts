import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import type { Operations } from './operations.ts';
import type { ListFilter } from './store.ts';
import { createOperations } from './task-store.ts';
import { T0, tempDir } from './test-store.ts';

let db: ReturnType<typeof openDatabase>;
let operations: Operations;

/** 5,000 tasks, of which the clean-up has left every hundredth: ids that lie further apart than a step is long. */
beforeEach(async () => {
  db = openDatabase({ dir: await tempDir(), now: T0 });
  operations = createOperations(db);
  db.exec('BEGIN');
  operations.insertTasks(Array.from({ length: 5_000 }, (_, n) => ['video_convert', 'r', 'media', n % 11, JSON.stringify([`/videos/${n}.mov`]), null, '{}', 3, [], null, null] as const), T0);
  db.exec('DELETE FROM task WHERE id % 100 <> 0 OR id BETWEEN 1500 AND 3500; COMMIT');
});

afterEach(() => db.close());

/** Portion by portion, each as short as it can be. */
function portions(filter: ListFilter): { found: (readonly [number, number | null])[]; total: number }[] {
  const all: { found: (readonly [number, number | null])[]; total: number }[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const { found, total, next }: ReturnType<Operations['scan']> = operations.scan({ filter, after, budgetMs: 0 });
    all.push({ found: [...found], total });
    after = next;
  }
  return all;
}

it('a list in portions has each task once, and steps over what is gone', () => {
  const all = portions({ sort: 'priority', limit: 100, offset: 0 });
  expect(all.length).toBeGreaterThan(2);
  const ids = all.flatMap(({ found }) => found.map(([id]) => id));
  expect(ids.sort((a, b) => a - b)).toEqual(db.prepare('SELECT id FROM task ORDER BY id').pluck().all());
  expect(all.reduce((sum, { total }) => sum + total, 0)).toBe(ids.length);
});

it('a portion gives no more than the page can need, the first in the order of the list, and counts all', () => {
  const [first] = portions({ sort: 'priority', direction: 'desc', limit: 1, offset: 1 });
  expect(first?.found).toEqual(db.prepare('SELECT id, priority FROM task WHERE id < 1100 ORDER BY priority DESC, id DESC LIMIT 2').raw().all());
  expect(first?.total).toBe(db.prepare('SELECT COUNT(*) FROM task WHERE id < 1100').pluck().get());
});

it('causes are counted in portions too', () => {
  db.exec(`UPDATE task SET status = 'failed', error = JSON_OBJECT('code', 'DISK_FULL') WHERE id % 200 = 0`);
  const sums: number[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const { causes, next }: ReturnType<Operations['scanCauses']> = operations.scanCauses({ filter: { status: ['failed'], limit: 0, offset: 0 }, after, budgetMs: 0 });
    for (const { code, tasks } of causes) {
      expect(code).toBe('DISK_FULL');
      sums.push(tasks);
    }
    after = next;
  }
  expect(sums.length).toBeGreaterThan(1);
  expect(sums.reduce((sum, tasks) => sum + tasks, 0)).toBe(operations.counts().failed);
});
