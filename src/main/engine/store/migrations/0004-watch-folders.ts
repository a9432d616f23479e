/** Watched folders, every file that was taken from a folder, and every file that Longhaul itself made. */
export const SQL = `
CREATE TABLE watch_rule (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  is_enabled INTEGER NOT NULL DEFAULT 1,
  -- JSON: which files of which folder, what is done with them, what with their sources.
  rule TEXT NOT NULL,
  -- The group of its tasks; NULL: none yet.
  group_id INTEGER REFERENCES task_group (id) ON DELETE SET NULL,
  -- Files taken so far.
  taken INTEGER NOT NULL DEFAULT 0,
  last_taken_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX watch_rule_group ON watch_rule (group_id) WHERE group_id IS NOT NULL;

-- Files as they were when a schedule or a rule took them: never twice. A file that changed has a row for each time.
CREATE TABLE taken_file (
  id INTEGER PRIMARY KEY,
  schedule_id INTEGER,
  rule_id INTEGER,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  -- Device and inode, by which a file that was moved or renamed is known; NULL: nobody asked, or the file system has none.
  identity TEXT,
  -- Its task; NULL: an own output, a second name of a file that was taken, or a row from before this column.
  task_id INTEGER,
  -- What the rule still has to do with the source: wanted, or failed (not tried again); NULL: nothing.
  after TEXT CHECK (after IN ('wanted', 'failed')),
  CHECK ((schedule_id IS NULL) <> (rule_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX taken_by_schedule ON taken_file (schedule_id, path, size_bytes, mtime_ms) WHERE schedule_id IS NOT NULL;
CREATE UNIQUE INDEX taken_by_rule ON taken_file (rule_id, path, size_bytes, mtime_ms) WHERE rule_id IS NOT NULL;
CREATE INDEX taken_identity ON taken_file (rule_id, identity) WHERE rule_id IS NOT NULL AND identity IS NOT NULL;
CREATE INDEX taken_after ON taken_file (rule_id, task_id) WHERE after = 'wanted';

INSERT INTO taken_file (schedule_id, path, size_bytes, mtime_ms) SELECT schedule_id, path, size_bytes, mtime_ms FROM seen_file;
DROP TABLE seen_file;

-- Outputs by path, as they were published (noted before their names are given): a watched folder never takes them. Outlives the tasks.
CREATE TABLE made_file (
  path TEXT PRIMARY KEY,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- An output that was renamed is known by its size and then its content.
CREATE INDEX made_size ON made_file (size_bytes);
INSERT OR IGNORE INTO made_file (path, size_bytes, sha256)
  SELECT value ->> 'path', value ->> 'sizeBytes', value ->> 'sha256' FROM task, json_each(CASE WHEN json_valid(task.outputs) THEN task.outputs ELSE '[]' END)
  WHERE typeof(value ->> 'path') = 'text' AND typeof(value ->> 'sizeBytes') = 'integer' AND typeof(value ->> 'sha256') = 'text';
`;
