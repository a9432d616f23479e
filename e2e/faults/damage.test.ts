/**
 * A migration that is killed, and damage to the database, its log and its backups. A queue may be refused or restored with a word about what was lost;
 * what must never happen is an empty queue, or a shorter one without a word.
 */
import { closeSync, cpSync, mkdirSync, openSync, readdirSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { APPLICATION_ID } from '../../src/main/engine/store/header.ts';
import { MIGRATIONS } from '../../src/main/engine/store/migrations/index.ts';
import { countOf, randomFrom, SEED } from './support/random.ts';
import { report } from './support/report.ts';
import { allTasks, bundle, Rig, until, untilIdle } from './support/rig.ts';
import { judge } from './support/verdict.ts';

const ROWS = countOf('MIGRATION_ROWS', 100_000);
const KILLS = countOf('MIGRATION_KILLS', 3);

let code: Awaited<ReturnType<typeof bundle>>;

beforeAll(async () => {
  code = await bundle();
});
afterAll(() => code.remove());

it(`a migration of ${ROWS} rows of the first version that is killed ${KILLS} times is done whole at last, and no row is lost (SEED=${SEED})`, async () => {
  const rig = new Rig({ code: code.scripted });
  const random = randomFrom(SEED);
  try {
    makeFirstVersion(rig.dataDir, ROWS);
    const whole = new Rig({ code: code.scripted });
    cpSync(rig.dataDir, whole.dataDir, { recursive: true });
    const undisturbed = await whole.start().opened();
    const tookMs = undisturbed.openedMs ?? 1_000;
    await whole.leave();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const engine = rig.start();
      await wait(100 + tookMs * 0.8 * random());
      await engine.kill();
    }
    const engine = await rig.start().opened();
    await engine.close();
    const db = new Database(join(rig.dataDir, 'longhaul.db'));
    const sound = db.pragma('integrity_check', { simple: true });
    const version = db.pragma('user_version', { simple: true });
    const { rows, sum } = z.object({ rows: z.int(), sum: z.int() }).parse(db.prepare('SELECT COUNT(*) AS rows, SUM(priority * id) AS sum FROM task WHERE id <= ?').get(ROWS));
    db.close();
    expect([sound, version]).toEqual(['ok', MIGRATIONS.at(-1)?.version]);
    const backups = readdirSync(join(rig.dataDir, 'backups')).filter((name) => name.endsWith('.db'));
    expect(backups.length).toBeGreaterThan(0);
    report('damage', 'a killed migration', {
      runs: KILLS, lost: ROWS - rows + (sum === expectedSum(ROWS) ? 0 : 1), doubled: null, overlapping: null, halfWritten: readdirSync(join(rig.dataDir, 'backups')).filter((name) => name.endsWith('.part')).length,
      recoveryMs: [engine.openedMs ?? 0], note: `${rows} rows; undisturbed ${Math.round(tookMs)} ms; ${backups.length} backups`,
    });
  } finally {
    await rig.leave();
  }
}, 300_000);

/** What is done to a queue that was closed, or killed (with its log), and has a backup of before. */
const DAMAGES: Readonly<Record<string, { readonly isKilled: boolean; make(dataDir: string): void }>> = {
  'a page in the middle': { isKilled: false, make: (dir) => overwrite(join(dir, 'longhaul.db'), 0.5, 4_096) },
  'every page but the first': { isKilled: false, make: (dir) => overwrite(join(dir, 'longhaul.db'), 0.05, 1_000_000) },
  'a log with changed bytes': { isKilled: true, make: (dir) => overwrite(join(dir, 'longhaul.db-wal'), 0.02, 64) },
  'a log that was cut off': { isKilled: true, make: (dir) => truncateSync(join(dir, 'longhaul.db-wal'), Math.trunc(statSync(join(dir, 'longhaul.db-wal')).size / 50)) },
  'a log that is gone': { isKilled: true, make: (dir) => truncateSync(join(dir, 'longhaul.db-wal'), 0) },
  'no byte left in it': { isKilled: false, make: (dir) => truncateSync(join(dir, 'longhaul.db'), 0) },
  'another file in its place': { isKilled: false, make: (dir) => writeFileSync(join(dir, 'longhaul.db'), 'This is no database. '.repeat(1_000)) },
  'a page in the middle, and its backups damaged too': {
    isKilled: false,
    make: (dir) => {
      overwrite(join(dir, 'longhaul.db'), 0.3, 200_000);
      for (const name of readdirSync(join(dir, 'backups')).filter((one) => one.endsWith('.db'))) overwrite(join(dir, 'backups', name), 0.3, 200_000);
    },
  },
};

describe('a queue with', () => {
  it.each(Object.keys(DAMAGES))('%s is never taken for an empty one, and no loss goes without a word', async (what) => {
    const damage = DAMAGES[what];
    if (damage === undefined) return;
    const rig = new Rig({ code: code.scripted });
    try {
      const first = await rig.start().opened();
      const { api } = await first.client();
      await rig.add(api, 30, { partMs: 1, parts: 1 });
      await untilIdle(api);
      await api.backupNow({});
      await rig.add(api, 10, { partMs: 1, parts: 1 });
      await untilIdle(api);
      // Nothing more is written: the log holds what came since the last quiet moment.
      await (damage.isKilled ? first.kill() : first.close());
      damage.make(rig.dataDir);
      const { silentlyLost, said } = await startAgain(rig);
      report('damage', `a queue with ${what}`, { runs: 1, lost: silentlyLost, doubled: null, overlapping: null, halfWritten: null, note: said.replaceAll(rig.dir, '…') });
    } finally {
      await rig.leave();
    }
  }, 60_000);
});

/** lost without a word: neither there nor named as missing, by an engine that opened. */
async function startAgain(rig: Rig): Promise<{ silentlyLost: number; said: string }> {
  const engine = rig.start();
  await until('it opens or refuses', () => engine.refusal !== undefined || engine.openedMs !== undefined || engine.hasEnded);
  if (engine.refusal !== undefined) {
    expect(engine.refusal.code).toMatch(/^STORE_(DAMAGED|FAILED)$/);
    expect(engine.refusal.message).toMatch(/longhaul\.db/);
    expect(engine.refusal.message).toMatch(/\. (Put|Move|Choose|Restore|Use|Remove|Look|Run|Start)/);
    return { silentlyLost: 0, said: `refused: ${engine.refusal.message}` };
  }
  const { api } = await engine.client();
  const tasks = await allTasks(api);
  const { recovery } = await api.listBackups({});
  const named = new Set([...(recovery?.missing ?? []), ...(recovery?.undone ?? [])].map(({ id }) => id));
  const silent = rig.promised.filter(({ id }) => !named.has(id) && tasks.find((task) => task.id === id)?.status !== 'completed');
  expect(tasks.length + named.size, 'an empty queue').toBeGreaterThan(0);
  // What is there is right: nothing runs a second time by itself.
  await untilIdle(api).catch(() => undefined);
  const verdict = judge(rig, await allTasks(api), () => false);
  await engine.close();
  const restored = recovery?.restored === null || recovery === null ? '' : ` from ${recovery.restored.backup.slice(0, 20)}…`;
  return { silentlyLost: silent.length + verdict.doubled, said: `opened with ${tasks.length} of ${rig.promised.length} tasks${restored}, ${named.size} named as lost or undone` };
}

function overwrite(path: string, share: number, bytes: number): void {
  const size = statSync(path).size;
  const at = Math.max(4_096, Math.trunc((size * share) / 4_096) * 4_096);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(Math.max(1, Math.min(bytes, size - at)), 0xa5), 0, undefined, at);
  closeSync(file);
}

/** A database as the first Longhaul left it. */
function makeFirstVersion(dataDir: string, rows: number): void {
  mkdirSync(dataDir, { recursive: true });
  const db = new Database(join(dataDir, 'longhaul.db'));
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma('journal_mode = WAL');
  db.exec(MIGRATIONS[0]?.sql ?? '');
  db.pragma('user_version = 1');
  const insert = db.prepare(`INSERT INTO task (type, recipe, status, queue, priority, order_key, inputs, options, max_retries, created_at, updated_at, completed_at, outputs)
    VALUES ('video_thumbnail', 'thumbnail', 'completed', 'media', ?, 0, ?, '{}', 3, 1700000000000, 1700000000000, 1700000000000, '[]')`);
  db.transaction(() => {
    for (let row = 1; row <= rows; row += 1) insert.run(row % 11, JSON.stringify([`/videos/${row}.mp4`]));
  })();
  db.close();
}

function expectedSum(rows: number): number {
  let sum = 0;
  for (let row = 1; row <= rows; row += 1) sum += row * (row % 11);
  return sum;
}
