/** A store full of finished tasks with all that belongs to them, made in seconds: copies of one that the store's own operations made. */
import type Database from 'better-sqlite3';
import { openDatabase } from '../src/main/engine/store/database.ts';
import { createOperations } from '../src/main/engine/store/task-store.ts';
import { NOW, packedDraft } from './store-folder.ts';

const PORTION = 20_000;
/** One in so many was cancelled half-way and has its plan and parts; depends on the one before; has a transcript. */
const CANCELLED_EVERY = 20;
const DEPENDENT_EVERY = 10;
const DOCUMENT_EVERY = 50;

/** Each has an attempt and two lines of log. They ended in another order than they were added in, as priorities make them. */
export function fillWithFinished(dir: string, rows: number): void {
  const db = openDatabase({ dir, now: NOW });
  // Nobody relies on this folder yet; closing brings it to the disk.
  db.pragma('synchronous = OFF');
  createModel(db);
  const fill = prepareFill(db);
  for (let from = 2; from <= rows; from += PORTION) {
    const upTo = Math.min(rows, from + PORTION - 1);
    db.exec('BEGIN');
    for (const statement of fill) statement.run({ from, upTo });
    db.exec('COMMIT');
  }
  db.close();
}

/** Task 1, as a task is that went well. */
function createModel(db: Database.Database): void {
  const operations = createOperations(db);
  operations.insertTasks([packedDraft(0)], NOW, []);
  operations.claim({ queue: 'media', limit: 1, leaseOwner: 'bench', leaseUntil: NOW + 60_000, now: NOW });
  operations.complete({
    id: 1, leaseOwner: 'bench', attempt: 1, now: NOW + 1000, durationMs: 1000, warnings: '[]', worker: '1', message: 'done', pace: null,
    outputs: JSON.stringify([{ path: '/home/user/Videos/out.mp4', sizeBytes: 1_000_000, sha256: 'a'.repeat(64) }]),
  });
}

function prepareFill(db: Database.Database): Database.Statement<[{ from: number; upTo: number }]>[] {
  const columns = db.prepare<[], string>(`SELECT name FROM PRAGMA_TABLE_INFO('task')`).pluck().all();
  const values = columns.map((name) => {
    if (name === 'id') return 'n';
    if (name === 'status') return `CASE WHEN n % ${CANCELLED_EVERY} = 0 THEN 'cancelled' ELSE status END`;
    if (name === 'inputs') return `JSON_ARRAY('/home/user/Videos/holiday/clip-' || n || '.mov')`;
    // 7919 and 10007 are primes.
    return name === 'completed_at' ? 'completed_at + (n * 7919) % 10007 * 100' : name;
  });
  const numbers = 'WITH RECURSIVE numbers (n) AS (SELECT @from UNION ALL SELECT n + 1 FROM numbers WHERE n < @upTo)';
  const all = (sql: string): Database.Statement<[{ from: number; upTo: number }]> => db.prepare(`${numbers} ${sql}`);
  return [
    all(`INSERT INTO task (${columns.join(', ')}) SELECT ${values.join(', ')} FROM numbers JOIN task ON task.id = 1`),
    all(`INSERT INTO attempt (task_id, attempt, ended_at, duration_ms, outcome, worker) SELECT n, 1, ended_at, duration_ms, outcome, worker FROM numbers JOIN attempt ON task_id = 1 AND attempt = 1`),
    all(`INSERT INTO task_log (task_id, at, line) SELECT n, ${NOW}, 'attempt 1 starts' FROM numbers UNION ALL SELECT n, ${NOW}, 'attempt 1 is over' FROM numbers`),
    all(`INSERT INTO dependency (task_id, depends_on_id) SELECT n, n - 1 FROM numbers WHERE n % ${DEPENDENT_EVERY} = 0`),
    all(`INSERT INTO document (task_id, document, revision, updated_at) SELECT n, JSON_OBJECT('text', HEX(ZEROBLOB(4000))), 1, ${NOW} FROM numbers WHERE n % ${DOCUMENT_EVERY} = 0`),
    all(`INSERT INTO checkpoint (task_id, plan, parts_total) SELECT n, JSON_OBJECT('segments', HEX(ZEROBLOB(200))), 5 FROM numbers WHERE n % ${CANCELLED_EVERY} = 0`),
    all(`INSERT INTO checkpoint_part (task_id, part_index, part) SELECT n, value, JSON_OBJECT('part', HEX(ZEROBLOB(100))) FROM numbers JOIN JSON_EACH('[0, 1, 2]') WHERE n % ${CANCELLED_EVERY} = 0`),
  ];
}
