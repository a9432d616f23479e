/** Places that a person chose, the attempts that are over, and what results can be looked at and edited as. */
export const SQL = `
-- What was added to the order key by moving the task.
ALTER TABLE task ADD COLUMN order_shift INTEGER NOT NULL DEFAULT 0;
-- When the newest attempt began: after a crash nothing else tells how long it ran.
ALTER TABLE task ADD COLUMN claimed_at INTEGER;

CREATE TABLE attempt (
  task_id INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('completed', 'failed', 'interrupted', 'lost')),
  error TEXT,
  PRIMARY KEY (task_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
  task_id INTEGER PRIMARY KEY REFERENCES task (id) ON DELETE CASCADE,
  document TEXT NOT NULL,
  revision INTEGER NOT NULL CHECK (revision >= 1),
  updated_at INTEGER NOT NULL
) STRICT;
`;
