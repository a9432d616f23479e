/** Claims at several backlogs: the operation alone, and the whole way with thread and FULL commit, against raw better-sqlite3. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../src/main/engine/store/database.ts';
import { createOperations } from '../src/main/engine/store/task-store.ts';
import type { Print } from './print.ts';
import { openRawStore } from './raw-store.ts';
import { createdAfterMs, draft, NOW, openBenchStore, packedDraft, quantile, rawTask, round, withFolder } from './store-folder.ts';

/** Rounds in turn, ours and raw: what else the machine does hits both. */
const ROUNDS = 5;
const CLAIMS = 300;
const OWNER = 'bench';
const PORTION = 10_000;

interface Backlog {
  readonly name: string;
  readonly pending: number;
  readonly finished: number;
  /** Not yet due, and of the highest priority. */
  readonly early: number;
}

const BACKLOGS: readonly Backlog[] = [
  { name: '100 pending', pending: 100, finished: 0, early: 0 },
  { name: '10,000 pending', pending: 10_000, finished: 0, early: 0 },
  { name: '1,000,000 pending', pending: 1_000_000, finished: 0, early: 0 },
  { name: '10,000 pending, 1,000,000 finished', pending: 10_000, finished: 1_000_000, early: 0 },
  { name: '10,000 pending, 100,000 of higher priority not yet due', pending: 10_000, finished: 0, early: 100_000 },
];

/** p99 of the operation (wall and processor time) and of the whole claim, one backlog after the other. */
export async function runClaimBench(print: Print): Promise<void> {
  for (const backlog of BACKLOGS) {
    await withFolder(async (dir) => {
      for (const line of await measure(backlog, dir)) print(line);
    });
  }
}

async function measure(backlog: Backlog, dir: string): Promise<readonly object[]> {
  const ours = join(dir, 'ours');
  await mkdir(ours);
  seed(backlog, ours);
  const raw = openRawStore(join(dir, 'raw.db'));
  for (let at = 0; at < backlog.pending; at += PORTION) raw.insertAll(Array.from({ length: Math.min(PORTION, backlog.pending - at) }, (_, n) => rawTask(at + n)));
  const sql = operationAlone(ours);
  const store = await openBenchStore(ours);
  const samples = { oursMs: new Array<number>(), rawMs: new Array<number>(), rawSqlMs: new Array<number>() };
  // Each claim is made good for by one more task, so that the backlog stays what it is.
  for (let turn = 0, next = backlog.pending; turn < ROUNDS; turn += 1) {
    for (let n = 0; n < CLAIMS; n += 1) {
      const startMs = performance.now();
      samples.rawSqlMs.push(raw.claim('media', NOW).sqlMs);
      samples.rawMs.push(performance.now() - startMs);
      raw.insert(rawTask((next += 1)));
    }
    for (let n = 0; n < CLAIMS; n += 1) {
      const startMs = performance.now();
      await store.claim({ queue: 'media', limit: 1, leaseOwner: OWNER, leaseUntil: NOW, now: NOW });
      samples.oursMs.push(performance.now() - startMs);
      await store.insertTasks([draft((next += 1))], NOW);
    }
  }
  raw.close();
  await store.close();
  return [
    { case: `store: claim, the operation alone, ${backlog.name}`, ...compare(sql.wallMs, samples.rawSqlMs), oursCpuP99Ms: round(quantile(sql.cpuMs, 0.99), 3), target: 'ours p99 <= 0.2 ms' },
    { case: `store: claim with its FULL commit, ${backlog.name}`, ...compare(samples.oursMs, samples.rawMs), target: 'ours p99 <= 0.5 ms' },
  ];
}

function compare(oursMs: readonly number[], rawMs: readonly number[]): object {
  const describe = (samples: readonly number[]): object => ({ p50Ms: round(quantile(samples, 0.5), 3), p99Ms: round(quantile(samples, 0.99), 3) });
  return { ratio: round(quantile(oursMs, 0.99) / quantile(rawMs, 0.99), 2), ours: describe(oursMs), raw: describe(rawMs), claims: oursMs.length };
}

/** By the operations themselves, on this thread. */
function seed({ pending, finished, early }: Backlog, dir: string): void {
  const db = openDatabase({ dir, now: NOW });
  const operations = createOperations(db);
  const insert = (count: number, runAt: number | null): void => {
    for (let at = 0; at < count; at += PORTION) {
      db.exec('BEGIN IMMEDIATE');
      for (let n = at; n < Math.min(count, at + PORTION); n += 1) operations.insertTasks([packedDraft(n, runAt)], NOW + createdAfterMs(n));
      db.exec('COMMIT');
    }
  };
  insert(finished, null);
  db.exec(`UPDATE task SET status = 'completed', attempt = 1, completed_at = ${NOW}, progress = 100`);
  insert(early, NOW + 365 * 86_400_000);
  if (early > 0) db.exec(`UPDATE task SET priority = 10, order_key = order_key + 600000 WHERE status = 'waiting'`);
  insert(pending, null);
  db.close();
}

function operationAlone(dir: string): { wallMs: readonly number[]; cpuMs: readonly number[] } {
  const db = openDatabase({ dir, now: NOW });
  const operations = createOperations(db);
  const wallMs: number[] = [];
  const cpuMs: number[] = [];
  for (let n = 0; n < ROUNDS * CLAIMS; n += 1) {
    db.exec('BEGIN IMMEDIATE');
    const startCpu = process.threadCpuUsage();
    const startMs = performance.now();
    operations.claim({ queue: 'media', limit: 1, leaseOwner: OWNER, leaseUntil: NOW, now: NOW });
    wallMs.push(performance.now() - startMs);
    const { user, system } = process.threadCpuUsage(startCpu);
    cpuMs.push((user + system) / 1000);
    operations.insertTasks([packedDraft(n)], NOW);
    db.exec('COMMIT');
  }
  db.close();
  return { wallMs, cpuMs };
}
