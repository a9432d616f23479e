/** Groups, tiers and whom a task belongs to; rates, schedules and what machines really used. */
export const SQL = `
CREATE TABLE task_group (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  -- What becomes of the others when a member fails for good.
  on_failure TEXT NOT NULL CHECK (on_failure IN ('goOn', 'stop', 'cancelRest')),
  -- When on_failure took effect; NULL: it did not.
  stopped_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

ALTER TABLE task ADD COLUMN parent_id INTEGER REFERENCES task (id) ON DELETE SET NULL;
ALTER TABLE task ADD COLUMN group_id INTEGER REFERENCES task_group (id) ON DELETE SET NULL;
ALTER TABLE task ADD COLUMN owner TEXT;
-- FREE, PRO, ENTERPRISE.
ALTER TABLE task ADD COLUMN tier INTEGER NOT NULL DEFAULT 0 CHECK (tier BETWEEN 0 AND 2);
ALTER TABLE task ADD COLUMN document_id TEXT;
ALTER TABLE task ADD COLUMN project TEXT;
ALTER TABLE task ADD COLUMN notify TEXT NOT NULL DEFAULT '[]';
ALTER TABLE task ADD COLUMN unique_key TEXT;
ALTER TABLE task ADD COLUMN rate_key TEXT;
-- completed: every dependency must be completed. settled: failed and cancelled ones count as well.
ALTER TABLE task ADD COLUMN dependency_mode TEXT NOT NULL DEFAULT 'completed' CHECK (dependency_mode IN ('completed', 'settled'));
-- NULL: the type's own.
ALTER TABLE task ADD COLUMN retry_delay_ms INTEGER;
-- NULL: the type's own. 0: none.
ALTER TABLE task ADD COLUMN soft_limit_seconds REAL;
ALTER TABLE task ADD COLUMN hard_limit_seconds REAL;
ALTER TABLE task ADD COLUMN schedule_id INTEGER;
ALTER TABLE task ADD COLUMN scheduled_for INTEGER;

-- With the key at hand, a claim passes over tasks whose rate is spent without reading them.
DROP INDEX task_claim;
CREATE INDEX task_claim ON task (queue, order_key DESC, id, rate_key) WHERE status = 'pending';
CREATE INDEX task_members ON task (group_id, status) WHERE group_id IS NOT NULL;
CREATE INDEX task_children ON task (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX task_unique ON task (unique_key, created_at) WHERE unique_key IS NOT NULL;
-- The same occasion of a schedule can't be taken twice, whatever the clock and the program do.
CREATE UNIQUE INDEX task_occasion ON task (schedule_id, scheduled_for) WHERE schedule_id IS NOT NULL;
CREATE INDEX task_settled ON task (completed_at) WHERE status IN ('completed', 'failed', 'cancelled');

-- Which worker made the attempt: a process id, or where it ran.
ALTER TABLE attempt ADD COLUMN worker TEXT;
-- Whose line it is; NULL: the engine's own, or said before this column was there.
ALTER TABLE task_log ADD COLUMN attempt INTEGER;

CREATE INDEX task_removed ON task (deleted_at) WHERE deleted_at IS NOT NULL;
-- What a list is filtered by most, beside the status: an index that has all of it is read through in a fraction of the table's time. None of it
-- changes but with the status, so it costs the ways of a task nothing but width: a few hundredths of a claim and of a completion.
DROP INDEX task_list;
CREATE INDEX task_list ON task (status, id, deleted_at, type, queue, recipe, created_at, completed_at, owner, project) WHERE deleted_at IS NULL;

-- Rate limits as theoretical arrival times (GCRA): one number per name, and no burst after a restart.
CREATE TABLE rate (
  name TEXT PRIMARY KEY,
  arrival_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  -- Longhaul's own: can be changed and disabled, not removed.
  is_built_in INTEGER NOT NULL DEFAULT 0,
  is_enabled INTEGER NOT NULL DEFAULT 1,
  -- JSON: when it fires, and what it then does.
  timing TEXT NOT NULL,
  action TEXT NOT NULL,
  -- What becomes of occasions that came while nobody was there: once: one run for all of them.
  missed TEXT NOT NULL CHECK (missed IN ('once', 'skip')),
  last_for INTEGER,
  next_for INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- What attempts really took, as a ratio of what was estimated; the newest few of each recipe correct the next estimates.
CREATE TABLE resource_use (
  id INTEGER PRIMARY KEY,
  recipe TEXT NOT NULL,
  memory_bytes INTEGER NOT NULL,
  memory_ratio REAL,
  temp_bytes INTEGER NOT NULL,
  temp_ratio REAL,
  -- Cores kept busy, per core that the attempt was given; NULL: nobody could tell.
  processor_share REAL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX resource_use_recipe ON resource_use (recipe, id);

-- What was used of something that has a limit per hour or month.
CREATE TABLE quota (
  name TEXT NOT NULL,
  period TEXT NOT NULL CHECK (period IN ('hour', 'month')),
  used REAL NOT NULL,
  reset_at INTEGER NOT NULL,
  PRIMARY KEY (name, period)
) STRICT, WITHOUT ROWID;

-- Files that a folder's schedule has taken, as they were then.
CREATE TABLE seen_file (
  schedule_id INTEGER NOT NULL,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  PRIMARY KEY (schedule_id, path)
) STRICT, WITHOUT ROWID;

-- What is kept of tasks that the clean-up removed.
CREATE TABLE past_task (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  recipe TEXT NOT NULL,
  status TEXT NOT NULL,
  input TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  completed_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  outputs INTEGER NOT NULL
) STRICT;

-- What was taken in from exported queues: kind task, task_group, schedule by their ids there; line: how far the file was read.
CREATE TABLE imported (
  export_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  old_id INTEGER NOT NULL,
  new_id INTEGER NOT NULL,
  PRIMARY KEY (export_id, kind, old_id)
) STRICT, WITHOUT ROWID;
`;
