/** Files that schedules and rules have taken, and those that Longhaul made: what keeps a file from being done twice. */
import type Database from 'better-sqlite3';
import type { GroupId, TaskId, TaskStatus } from '../../../shared/task.ts';
import type { Operations, PackedDraft } from './operations.ts';
import type { FileVerdict, MovedFile, SeenFile, TakeInput, Taker, WatchOperations } from './watch-operations.ts';

type Taking = Pick<WatchOperations<PackedDraft>, 'judgeFiles' | 'noteFiles' | 'takeFiles' | 'followFiles' | 'missingSources' | 'finishedSources' | 'hasUnfinishedSources' | 'settleSource' | 'forgetTaken'>;

/** More outputs of one size than these are not compared by their content. */
const ALIKE_LIMIT = 20;

export function createTakenFiles(db: Database.Database, { insertTasks, retry }: Pick<Operations, 'insertTasks' | 'retry'>): Taking {
  const statements = prepareTakenFiles(db);
  const isKnown = (taker: Taker, { path, sizeBytes, mtimeMs }: SeenFile): boolean => (taker.kind === 'rule' ? statements.selectByRule : statements.selectBySchedule).get(taker.id, path, sizeBytes, mtimeMs) !== undefined;
  const note = (taker: Taker, { path, sizeBytes, mtimeMs, identity = null }: SeenFile, taskId: TaskId | null, after: string | null): void => void statements.insert.run(
    taker.kind === 'schedule' ? taker.id : null, taker.kind === 'rule' ? taker.id : null, path, sizeBytes, mtimeMs, identity, taskId, after,
  );

  const judge = (taker: Taker, file: SeenFile): FileVerdict => {
    if (isKnown(taker, file)) return { kind: 'known' };
    const { path, sizeBytes, mtimeMs, identity = null } = file;
    const moved = taker.kind === 'rule' && identity !== null ? statements.selectByIdentity.get(taker.id, identity, sizeBytes, mtimeMs) : undefined;
    if (moved !== undefined) return { kind: 'moved', ...moved };
    if (statements.selectMade.get(path, sizeBytes) !== undefined) return { kind: 'made' };
    const hashes = statements.selectAlike.all(sizeBytes, ALIKE_LIMIT);
    return hashes.length === 0 ? { kind: 'new' } : { kind: 'alike', hashes };
  };

  /** The same file under two names of one call, or under one that was taken meanwhile, is one file. */
  const withoutSecondNames = <Entry extends { readonly file: SeenFile }>(taker: Taker, entries: readonly Entry[]): Entry[] => {
    const met = new Set<string>();
    return entries.filter(({ file }) => {
      const { identity = null, sizeBytes, mtimeMs } = file;
      if (taker.kind !== 'rule' || identity === null) return true;
      const isSecond = met.has(identity) || statements.selectByIdentity.get(taker.id, identity, sizeBytes, mtimeMs) !== undefined;
      met.add(identity);
      if (isSecond) note(taker, file, null, null);
      return !isSecond;
    });
  };

  /** The task whose file it is, if that file's new name shall be its input. */
  const follow = (taker: Taker, { file, takenId, isOldGone, outputDir }: MovedFile, now: number): TaskId | null => {
    const taken = statements.selectTaken.get(takenId);
    if (taken === undefined || isKnown(taker, file)) return null;
    const task = taken.taskId === null ? undefined : statements.selectTask.get(taken.taskId);
    // It may be reading the file at this moment; the next look finds it ended.
    if (task?.status === 'running') return null;
    if (!isOldGone) {
      note(taker, file, null, null);
      return null;
    }
    note(taker, file, taken.taskId, taken.after);
    statements.forgetAfter.run(takenId);
    if (task === undefined || !OPEN.includes(task.status)) return null;
    statements.moveInput.run({ id: task.id, inputs: JSON.stringify([file.path]), outputDir, now });
    if (task.status === 'failed' && task.code === 'INPUT_MISSING') retry([task.id], now);
    return task.id;
  };

  return {
    judgeFiles: (taker, files) => files.map((file) => judge(taker, file)),
    noteFiles(taker, files) {
      for (const file of files) note(taker, file, null, null);
      return null;
    },
    takeFiles(input) {
      const { taker, files, hasAfter, now } = input;
      const taken = withoutSecondNames(taker, files.filter(({ file }) => !isKnown(taker, file)));
      if (taken.length === 0) return [];
      const ids = insertInGroup(db, statements, insertTasks, input, taken.map(({ draft }) => draft));
      taken.forEach(({ file }, place) => note(taker, file, ids[place] ?? null, hasAfter ? 'wanted' : null));
      if (taker.kind === 'rule') statements.count.run({ id: taker.id, taken: taken.length, now });
      return ids;
    },
    followFiles: (taker, files, now) => files.flatMap((file) => follow(taker, file, now) ?? []),
    missingSources: (ruleId, limit) => statements.selectMissing.all(ruleId, limit),
    finishedSources: (ruleId, limit) => statements.selectFinished.all(ruleId, limit),
    hasUnfinishedSources: (ruleId) => statements.selectUnfinished.get(ruleId) !== undefined,
    settleSource(takenId, how) {
      if (how === 'done') statements.forgetAfter.run(takenId);
      else statements.failAfter.run(takenId);
      return null;
    },
    forgetTaken: (ruleId, limit) => statements.forgetTaken.run(ruleId, limit).changes,
  };
}

/** Statuses in which a task still takes a new name of its file. */
const OPEN: readonly TaskStatus[] = ['pending', 'waiting', 'retrying', 'paused', 'failed'];

/** A schedule's run makes a group of its own; a rule's tasks share one for as long as it is there and takes members. */
function insertInGroup(db: Database.Database, statements: ReturnType<typeof prepareTakenFiles>, insertTasks: Operations['insertTasks'], { taker, groupName, now }: TakeInput<PackedDraft>, drafts: readonly PackedDraft[]): TaskId[] {
  const groups = [{ name: groupName, onFailure: 'goOn' }] as const;
  if (taker.kind === 'schedule') return insertTasks(drafts, now, groups).map(([id]) => id);
  const known = statements.selectGroup.get(taker.id, groupName);
  const rows = insertTasks(drafts.map((draft) => inGroup(draft, known ?? null)), now, groups);
  const made = rows[0]?.[2] ?? null;
  if (known === undefined && made !== null) statements.keepGroup.run(made, taker.id);
  return rows.map(([id]) => id);
}

/** Drafts of a rule name the first group of the call; where there is one already, they go into that. */
function inGroup(draft: PackedDraft, groupId: GroupId | null): PackedDraft {
  const [type, recipe, queue, priority, inputs, outputDir, options, maxRetries, dependsOn, runAt, more, suffix] = draft;
  if (groupId === null || more === null) return draft;
  return [type, recipe, queue, priority, inputs, outputDir, options, maxRetries, dependsOn, runAt, { ...more, newGroup: null, groupId }, suffix ?? null];
}

function prepareTakenFiles(db: Database.Database) {
  return {
    selectByRule: db.prepare<[id: number, path: string, sizeBytes: number, mtimeMs: number], number>(
      'SELECT 1 FROM taken_file INDEXED BY taken_by_rule WHERE rule_id = ? AND path = ? AND size_bytes = ? AND mtime_ms = ?',
    ).pluck(),
    selectBySchedule: db.prepare<[id: number, path: string, sizeBytes: number, mtimeMs: number], number>(
      'SELECT 1 FROM taken_file INDEXED BY taken_by_schedule WHERE schedule_id = ? AND path = ? AND size_bytes = ? AND mtime_ms = ?',
    ).pluck(),
    // Inodes are given again once a file is gone: size and time must agree too.
    selectByIdentity: db.prepare<[id: number, identity: string, sizeBytes: number, mtimeMs: number], { takenId: number; from: string }>(
      `SELECT id AS takenId, path AS "from" FROM taken_file INDEXED BY taken_identity WHERE rule_id = ? AND identity = ? AND size_bytes = ? AND mtime_ms = ? ORDER BY task_id IS NULL, id DESC LIMIT 1`,
    ),
    selectMade: db.prepare<[path: string, sizeBytes: number], number>('SELECT 1 FROM made_file WHERE path = ? AND size_bytes = ?').pluck(),
    selectAlike: db.prepare<[sizeBytes: number, limit: number], string>('SELECT sha256 FROM made_file INDEXED BY made_size WHERE size_bytes = ? LIMIT ?').pluck(),
    insert: db.prepare<[scheduleId: number | null, ruleId: number | null, path: string, sizeBytes: number, mtimeMs: number, identity: string | null, taskId: TaskId | null, after: string | null]>(
      'INSERT OR IGNORE INTO taken_file (schedule_id, rule_id, path, size_bytes, mtime_ms, identity, task_id, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    selectTaken: db.prepare<[id: number], { taskId: TaskId | null; after: string | null }>('SELECT task_id AS taskId, after AS after FROM taken_file WHERE id = ?'),
    selectTask: db.prepare<[TaskId], { id: TaskId; status: TaskStatus; code: string | null }>(
      `SELECT id AS id, status AS status, CASE WHEN json_valid(error) THEN error ->> 'code' END AS code FROM task WHERE id = ? AND deleted_at IS NULL`,
    ),
    moveInput: db.prepare<{ id: TaskId; inputs: string; outputDir: string | null; now: number }>('UPDATE task SET inputs = @inputs, output_dir = COALESCE(@outputDir, output_dir), updated_at = @now WHERE id = @id'),
    selectGroup: db.prepare<[ruleId: number, name: string], GroupId>(
      'SELECT task_group.id FROM watch_rule JOIN task_group ON task_group.id = watch_rule.group_id WHERE watch_rule.id = ? AND task_group.name = ? AND task_group.stopped_at IS NULL',
    ).pluck(),
    keepGroup: db.prepare<[GroupId, ruleId: number]>('UPDATE watch_rule SET group_id = ? WHERE id = ?'),
    count: db.prepare<{ id: number; taken: number; now: number }>('UPDATE watch_rule SET taken = taken + @taken, last_taken_at = @now WHERE id = @id'),
    selectMissing: db.prepare<[ruleId: number, limit: number], { id: TaskId; path: string | null }>(
      `SELECT task.id AS id, CASE WHEN json_valid(task.inputs) THEN task.inputs ->> 0 END AS path FROM watch_rule JOIN task INDEXED BY task_members ON task.group_id = watch_rule.group_id
       WHERE watch_rule.id = ? AND task.status = 'failed' AND task.deleted_at IS NULL AND json_valid(task.error) AND task.error ->> 'code' = 'INPUT_MISSING' LIMIT ?`,
    ),
    selectFinished: db.prepare<[ruleId: number, limit: number], { takenId: number; path: string; sizeBytes: number; mtimeMs: number; outputs: string }>(
      `SELECT taken_file.id AS takenId, path AS path, size_bytes AS sizeBytes, mtime_ms AS mtimeMs, task.outputs AS outputs
       FROM taken_file INDEXED BY taken_after JOIN task ON task.id = taken_file.task_id WHERE rule_id = ? AND after = 'wanted' AND task.status = 'completed' LIMIT ?`,
    ),
    selectUnfinished: db.prepare<[ruleId: number], number>(`SELECT 1 FROM taken_file INDEXED BY taken_after WHERE rule_id = ? AND after = 'wanted' LIMIT 1`).pluck(),
    forgetAfter: db.prepare<[id: number]>('UPDATE taken_file SET after = NULL WHERE id = ?'),
    failAfter: db.prepare<[id: number]>(`UPDATE taken_file SET after = 'failed' WHERE id = ?`),
    forgetTaken: db.prepare<[ruleId: number, limit: number]>('DELETE FROM taken_file WHERE id IN (SELECT id FROM taken_file INDEXED BY taken_by_rule WHERE rule_id = ? LIMIT ?)'),
  };
}
