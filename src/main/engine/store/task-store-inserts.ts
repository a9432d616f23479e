/** Takes new tasks in, with the groups they found and the tasks of the same call they depend on. */
import type Database from 'better-sqlite3';
import { TaskError } from '../../../shared/errors.ts';
import type { NewGroup } from '../../../shared/new-task.ts';
import { SETTLED_STATUSES, type DependencyMode, type GroupId, type TaskId, type TaskStatus } from '../../../shared/task.ts';
import { orderKey } from './order-key.ts';
import type { InsertedRow, Operations, PackedDraft, PackedMore } from './operations.ts';
import type { StatusTally } from './status-counts.ts';
import type { Sources } from './task-store-sources.ts';

/** What one call has brought about so far. */
interface Intake {
  readonly now: number;
  /** By the drafts' places in the call. */
  readonly inserted: InsertedRow[];
  readonly newGroups: readonly Required<NewGroup>[];
  /** By their places in newGroups; those that have a member by now. */
  readonly groupIds: Map<number, GroupId>;
}

export function createInserts(db: Database.Database, tally: StatusTally, sources: Sources): Pick<Operations, 'insertTasks'> {
  const statements = prepareInserts(db);

  const isOpen = (id: TaskId, mode: DependencyMode): boolean => {
    const dependency = statements.selectDependency.get(id);
    if (dependency === undefined) throw new TaskError('TASK_UNKNOWN', `There is no task ${id} to depend on. List the tasks to see which there are.`);
    if (mode === 'settled') return !SETTLED_STATUSES.includes(dependency.status);
    if (dependency.status === 'failed' || dependency.status === 'cancelled') {
      throw new TaskError('TASK_STATE', `Task ${id} is ${dependency.status}, so nothing can wait for it. Retry it first.`);
    }
    return dependency.status !== 'completed';
  };

  /** The same task, added lately, that has not ended badly. */
  const duplicateOf = ({ uniqueKey, uniqueSince }: PackedMore): InsertedRow | null => {
    if (uniqueKey === null) return null;
    const found = statements.selectDuplicate.get(uniqueKey, uniqueSince);
    return found === undefined ? null : [found.id, found.status, found.groupId, true];
  };

  const groupOf = (more: PackedMore, { now, newGroups, groupIds }: Intake): GroupId | null => {
    if (more.newGroup === null) {
      if (more.groupId !== null) refuseClosedGroup(statements.selectGroup.get(more.groupId), more.groupId);
      return more.groupId;
    }
    const known = groupIds.get(more.newGroup);
    if (known !== undefined) return known;
    const wanted = newGroups[more.newGroup];
    if (wanted === undefined) throw new TaskError('INTERNAL', 'A task names a group that was not given with it.');
    const id = Number(statements.insertGroup.run(wanted.name, wanted.onFailure, now).lastInsertRowid);
    groupIds.set(more.newGroup, id);
    return id;
  };

  const refuseUnknownParent = (id: TaskId): void => {
    if (statements.selectDependency.get(id) === undefined) throw new TaskError('TASK_UNKNOWN', `There is no task ${id} to be the parent of another. List the tasks to see which there are.`);
  };

  const insertOne = (draft: PackedDraft, intake: Intake): InsertedRow => {
    const [type, recipe, queue, priority, inputs, outputDir, options, maxRetries, dependsOn, runAt, more, suffix = null] = draft;
    const { now } = intake;
    const duplicate = more === null ? null : duplicateOf(more);
    if (duplicate !== null) return duplicate;
    const dependencies = allDependencies(dependsOn, more, intake);
    const openDependencies = dependencies.filter((id) => isOpen(id, more?.dependencyMode ?? 'completed')).length;
    const status = openDependencies === 0 && (runAt === null || runAt <= now) ? 'pending' : 'waiting';
    const key = orderKey({ priority, tier: more?.tier ?? 0, estimateSeconds: null, createdAt: now });
    const usual = [type, recipe, status, queue, priority, key, inputs, outputDir, options, maxRetries, openDependencies, runAt, suffix, now, now] as const;
    let groupId: GroupId | null = null;
    if (more !== null) {
      if (more.parentTaskId !== null) refuseUnknownParent(more.parentTaskId);
      groupId = groupOf(more, intake);
    }
    const { lastInsertRowid } = more === null ? statements.insertTask.run(...usual) : statements.insertMore.run(...usual, ...moreValues(more, groupId));
    const id = Number(lastInsertRowid);
    for (const dependency of dependencies) statements.insertDependency.run(id, dependency);
    if (more !== null && more.sources.length > 0) sources.add(id, more.sources, intake.inserted);
    return [id, status, groupId, false];
  };

  return {
    insertTasks(drafts, now, newGroups = []) {
      const intake: Intake = { now, inserted: [], newGroups, groupIds: new Map() };
      let [pending, waiting] = [0, 0];
      for (const draft of drafts) {
        const row = insertOne(draft, intake);
        intake.inserted.push(row);
        if (row[3]) continue;
        if (row[1] === 'pending') pending += 1;
        else waiting += 1;
      }
      if (pending > 0) tally.added('pending', pending);
      if (waiting > 0) tally.added('waiting', waiting);
      return intake.inserted;
    },
  };
}

type UsualValues = [type: string, recipe: string, status: TaskStatus, queue: string, priority: number, orderKey: number, inputs: string,
  outputDir: string | null, options: string, maxRetries: number, openDependencies: number, runAt: number | null, suffix: string | null, now: number, now: number];
const USUAL_COLUMNS = 'type, recipe, status, queue, priority, order_key, inputs, output_dir, options, max_retries, open_dependencies, run_at, suffix, created_at, updated_at';

const MORE_COLUMNS = `dependency_mode, parent_id, group_id, owner, tier, document_id, project, notify, unique_key, rate_key, retry_delay_ms,
  soft_limit_seconds, hard_limit_seconds, schedule_id, scheduled_for`;
/** In the order of MORE_COLUMNS. */
function moreValues(more: PackedMore, groupId: GroupId | null) {
  return [
    more.dependencyMode, more.parentTaskId, groupId, more.owner, more.tier, more.documentId, more.project, more.notify, more.uniqueKey, more.rateKey, more.retryDelayMs,
    more.softLimitSeconds, more.hardLimitSeconds, more.scheduleId, more.scheduledFor,
  ] as const;
}

function marks(count: number): string {
  return new Array<string>(count).fill('?').join(', ');
}

function prepareInserts(db: Database.Database) {
  return {
    // Most tasks have nothing but these, and their insert does not pay for the others.
    insertTask: db.prepare<UsualValues>(`INSERT INTO task (${USUAL_COLUMNS}) VALUES (${marks(15)})`),
    insertMore: db.prepare<[...UsualValues, ...ReturnType<typeof moreValues>]>(`INSERT INTO task (${USUAL_COLUMNS}, ${MORE_COLUMNS}) VALUES (${marks(15 + 15)})`),
    insertDependency: db.prepare<[TaskId, dependsOn: TaskId]>('INSERT INTO dependency (task_id, depends_on_id) VALUES (?, ?)'),
    selectDependency: db.prepare<[TaskId], { status: TaskStatus }>('SELECT status AS status FROM task WHERE id = ? AND deleted_at IS NULL'),
    selectDuplicate: db.prepare<[key: string, since: number], { id: TaskId; status: TaskStatus; groupId: GroupId | null }>(
      `SELECT id AS id, status AS status, group_id AS groupId FROM task INDEXED BY task_unique
       WHERE unique_key = ? AND created_at >= ? AND status NOT IN ('failed', 'cancelled') AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 1`,
    ),
    selectGroup: db.prepare<[GroupId], { stoppedAt: number | null }>('SELECT stopped_at AS stoppedAt FROM task_group WHERE id = ?'),
    insertGroup: db.prepare<[name: string, onFailure: string, now: number]>('INSERT INTO task_group (name, on_failure, created_at) VALUES (?, ?, ?)'),
  };
}

/** Stored ones and those of the same call, each once. */
function allDependencies(dependsOn: readonly TaskId[], more: PackedMore | null, { inserted }: Intake): readonly TaskId[] {
  if (more === null || more.after.length === 0) return dependsOn.length === 0 ? dependsOn : [...new Set(dependsOn)];
  const inCall = more.after.map((place) => {
    const row = inserted[place];
    if (row === undefined) throw new TaskError('INTERNAL', 'A task depends on one that comes after it in the same call.');
    return row[0];
  });
  return [...new Set([...dependsOn, ...inCall])];
}

function refuseClosedGroup(group: { readonly stoppedAt: number | null } | undefined, id: GroupId): void {
  if (group === undefined) throw new TaskError('GROUP_UNKNOWN', `There is no group ${id}. \`longhaul groups\` shows the ones there are.`);
  if (group.stoppedAt !== null) throw new TaskError('TASK_STATE', `Group ${id} was stopped when one of its tasks failed. Resume or retry the group first, then add to it.`);
}
