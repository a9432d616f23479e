/** What a task keeps of its recipe beside the options, and the files that a task takes from those it depends on. */
export const SQL = `
-- What goes between the input's name and the ending of the output. NULL: a task from before this column; its recipe says it.
ALTER TABLE task ADD COLUMN suffix TEXT;

CREATE TABLE task_source (
  task_id INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  -- Which option the file's path becomes; empty: the task's input.
  option TEXT NOT NULL,
  depends_on_id INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  -- The first output with this ending is taken.
  extension TEXT NOT NULL,
  -- What was taken, when depends_on_id was last completed; NULL: nothing yet, or it made no such file.
  path TEXT,
  PRIMARY KEY (task_id, option)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_source_of ON task_source (depends_on_id);
`;
