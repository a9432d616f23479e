/** What a careful hand-made queue does with better-sqlite3 alone: one thread, one table, one index, FULL commits. */
import Database from 'better-sqlite3';

/** The same row as the store keeps, in its smallest form. */
export interface RawTask {
  readonly type: string;
  readonly recipe: string;
  readonly queue: string;
  readonly priority: number;
  readonly orderKey: number;
  readonly inputs: string;
  readonly options: string;
  readonly maxRetries: number;
  readonly createdAt: number;
}

export interface RawStore {
  /** One commit. */
  insert(task: RawTask): void;
  /** All in one commit. */
  insertAll(tasks: readonly RawTask[]): void;
  /** One commit; what one SELECT and one UPDATE take is `sqlMs` of it. */
  claim(queue: string, now: number): { id: number | undefined; sqlMs: number };
  close(): void;
}

/** The same settings as the store's own connection. */
export function openRawStore(file: string): RawStore {
  const db = new Database(file);
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(SCHEMA);
  const insert = db.prepare<[RawTask]>(
    `INSERT INTO task (type, recipe, status, queue, priority, order_key, inputs, options, max_retries, created_at)
     VALUES (@type, @recipe, 'pending', @queue, @priority, @orderKey, @inputs, @options, @maxRetries, @createdAt)`,
  );
  const select = db.prepare<[string], { id: number }>(
    `SELECT id, type, recipe, inputs, options, attempt FROM task WHERE queue = ? AND status = 'pending' ORDER BY order_key DESC, id LIMIT 1`,
  );
  const update = db.prepare<{ id: number; now: number }>(`UPDATE task SET status = 'running', attempt = attempt + 1, started_at = @now WHERE id = @id`);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  return {
    insert: (task) => void insert.run(task),
    insertAll: db.transaction((tasks: readonly RawTask[]) => {
      for (const task of tasks) insert.run(task);
    }),
    claim(queue, now) {
      begin.run();
      const startMs = performance.now();
      const id = select.get(queue)?.id;
      if (id !== undefined) update.run({ id, now });
      const sqlMs = performance.now() - startMs;
      commit.run();
      return { id, sqlMs };
    },
    close: () => void db.close(),
  };
}

const SCHEMA = `
  CREATE TABLE task (
    id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, recipe TEXT NOT NULL, status TEXT NOT NULL, queue TEXT NOT NULL,
    priority INTEGER NOT NULL, order_key INTEGER NOT NULL, inputs TEXT NOT NULL, options TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
    max_retries INTEGER NOT NULL, created_at INTEGER NOT NULL, started_at INTEGER
  );
  CREATE INDEX task_claim ON task (queue, order_key DESC, id) WHERE status = 'pending';
`;
