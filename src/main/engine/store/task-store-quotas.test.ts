import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from './database.ts';
import { createHealth, createQuotas } from './task-store-quotas.ts';
import { T0, tempDir } from './test-store.ts';

async function openDb(): Promise<ReturnType<typeof openDatabase>> {
  const db = openDatabase({ dir: await tempDir(), now: T0 });
  onTestFinished(() => void db.close());
  return db;
}

it('resets what is due of a period, and nothing else', async () => {
  const db = await openDb();
  const insert = db.prepare('INSERT INTO quota (name, period, used, reset_at) VALUES (?, ?, ?, ?)');
  insert.run('due', 'hour', 5, T0);
  insert.run('later', 'hour', 6, T0 + 1);
  insert.run('due', 'month', 7, T0);
  const quotas = createQuotas(db);
  expect(quotas.hasDueQuota('hour', T0 - 1)).toBe(false);
  expect(quotas.hasDueQuota('hour', T0)).toBe(true);
  expect(quotas.resetQuotas({ period: 'hour', now: T0, resetAt: T0 + 3_600_000 })).toBe(1);
  expect(quotas.hasDueQuota('hour', T0)).toBe(false);
  expect(db.prepare('SELECT name, period, used, reset_at FROM quota ORDER BY period, name').raw().all()).toEqual([
    ['due', 'hour', 0, T0 + 3_600_000], ['later', 'hour', 6, T0 + 1], ['due', 'month', 7, T0],
  ]);
});

it('reads every table through, but for those that are too large', async () => {
  const db = await openDb();
  const health = createHealth(db);
  const { tables } = health.checkTable(0, 100);
  const names = new Set(Array.from({ length: tables }, (_, at) => health.checkTable(at, 100).table));
  expect(names.size).toBe(tables);
  expect(names).toContain('task');
  const at = [...names].indexOf('setting');
  expect(health.checkTable(at, 100)).toMatchObject({ table: 'setting', problems: [] });
  const insert = db.prepare('INSERT INTO setting (name, value) VALUES (?, ?)');
  for (let row = 0; row <= 100; row += 1) insert.run(`n${row}`, '');
  expect(health.checkTable(at, 100)).toMatchObject({ table: 'setting', problems: null });
});

it('says in which table rows break their rules', async () => {
  const db = await openDb();
  db.pragma('ignore_check_constraints = ON');
  db.prepare(`INSERT INTO quota (name, period, used, reset_at) VALUES ('x', 'year', 0, 0)`).run();
  db.pragma('ignore_check_constraints = OFF');
  const health = createHealth(db);
  const { tables } = health.checkTable(0, 100);
  const found = Array.from({ length: tables }, (_, at) => health.checkTable(at, 100)).filter(({ problems }) => problems !== null && problems.length > 0);
  expect(found.map(({ table }) => table)).toEqual(['quota']);
});
