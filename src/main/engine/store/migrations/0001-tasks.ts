/** Tasks, their order, what they depend on, their checkpoints; and what the engine remembers beside them. */
export const SQL = `
CREATE TABLE task (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL,
  recipe TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'waiting', 'running', 'retrying', 'paused', 'completed', 'failed', 'cancelled')),
  queue TEXT NOT NULL,
  priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 10),
  order_key INTEGER NOT NULL,
  progress REAL NOT NULL DEFAULT 0,
  progress_current REAL NOT NULL DEFAULT 0,
  progress_total REAL NOT NULL DEFAULT 0,
  message TEXT NOT NULL DEFAULT '',
  warnings TEXT NOT NULL DEFAULT '[]',
  inputs TEXT NOT NULL,
  output_dir TEXT,
  outputs TEXT NOT NULL DEFAULT '[]',
  options TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  max_retries INTEGER NOT NULL,
  worker_losses INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  last_error TEXT,
  -- Dependencies that are not completed yet. Not kept up to date while the task is settled: retry counts afresh.
  open_dependencies INTEGER NOT NULL DEFAULT 0 CHECK (open_dependencies >= 0),
  run_at INTEGER,
  lease_owner TEXT,
  lease_until INTEGER,
  stop_requested TEXT CHECK (stop_requested IN ('pause', 'cancel', 'remove')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  started_at INTEGER,
  completed_at INTEGER,
  duration_ms INTEGER NOT NULL DEFAULT 0,
  estimate TEXT,
  deleted_at INTEGER
) STRICT;

-- Each index holds only the rows its one question is about, so that a claim and a stage cost the same at any backlog.
CREATE INDEX task_claim ON task (queue, order_key DESC, id) WHERE status = 'pending';
CREATE INDEX task_due ON task (run_at) WHERE status IN ('waiting', 'retrying') AND open_dependencies = 0;
CREATE INDEX task_running ON task (lease_owner) WHERE status = 'running';
CREATE INDEX task_list ON task (status, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX task_unestimated ON task (order_key DESC, id) WHERE estimate IS NULL AND status IN ('pending', 'waiting');

CREATE TABLE dependency (
  task_id INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  depends_on_id INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  PRIMARY KEY (task_id, depends_on_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX dependency_dependants ON dependency (depends_on_id, task_id);

CREATE TABLE checkpoint (
  task_id INTEGER PRIMARY KEY REFERENCES task (id) ON DELETE CASCADE,
  plan TEXT NOT NULL,
  parts_total INTEGER NOT NULL CHECK (parts_total >= 0)
) STRICT;

CREATE TABLE checkpoint_part (
  task_id INTEGER NOT NULL REFERENCES checkpoint (task_id) ON DELETE CASCADE,
  part_index INTEGER NOT NULL CHECK (part_index >= 0),
  part TEXT NOT NULL,
  PRIMARY KEY (task_id, part_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE publish_intent (
  task_id INTEGER PRIMARY KEY REFERENCES task (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  outputs TEXT NOT NULL
) STRICT;

CREATE TABLE task_log (
  id INTEGER PRIMARY KEY,
  task_id INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  line TEXT NOT NULL
) STRICT;
CREATE INDEX task_log_task ON task_log (task_id, id);

CREATE TABLE pace (
  id INTEGER PRIMARY KEY,
  recipe TEXT NOT NULL,
  pace REAL NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX pace_recipe ON pace (recipe, id);

CREATE TABLE tool_process (
  pid INTEGER NOT NULL,
  start_stamp TEXT NOT NULL,
  PRIMARY KEY (pid, start_stamp)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
