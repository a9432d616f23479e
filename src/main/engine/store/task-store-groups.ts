/** Groups as a whole: what they look like, and commands that reach every member in one transaction. */
import type Database from 'better-sqlite3';
import { TaskError } from '../../../shared/errors.ts';
import type { GroupId, TaskId, TaskStatus } from '../../../shared/task.ts';
import type { TransitionName } from '../transitions.ts';
import type { GroupMembersRow, GroupRow, Operations } from './operations.ts';
import type { GroupCommand, GroupTouched } from './store.ts';
import type { Effects } from './task-store-commands.ts';
import type { Listing } from './task-store-listing.ts';
import { mayMake } from './transition-sql.ts';

interface Parts {
  readonly listing: Listing;
  readonly effects: Effects;
}

/** Which members a command can do something with. `prioritise` reaches all that are not over. */
const REACHED: Readonly<Record<GroupCommand, string>> = {
  pause: orRunning('pause'), resume: orRunning('resume'), cancel: orRunning('cancel'), retry: orRunning('retry'),
  prioritise: `status IN ('pending', 'waiting', 'running', 'retrying', 'paused')`,
};

/** A group whose members were all removed or cleaned up is not listed any more. */
const HAS_MEMBERS = 'EXISTS (SELECT 1 FROM task INDEXED BY task_members WHERE group_id = task_group.id AND deleted_at IS NULL)';

export function createGroups(db: Database.Database, { listing, effects }: Parts): Pick<Operations, 'changeGroup' | 'groups' | 'group'> {
  const read = createGroupReads(db);
  const selectReached = new Map(Object.entries(REACHED).map(([command, condition]) => [
    command, db.prepare<[GroupId], TaskId>(`SELECT id FROM task INDEXED BY task_members WHERE group_id = ? AND ${condition} AND deleted_at IS NULL ORDER BY id`).pluck(),
  ]));
  const letGoOn = db.prepare<[GroupId]>('UPDATE task_group SET stopped_at = NULL WHERE id = ?');
  const selectTouched = db.prepare<[TaskId], GroupTouched['tasks'][number]>(
    'SELECT id AS id, type AS type, status AS status, stop_requested AS stopRequested, attempt AS attempt FROM task WHERE id = ?',
  );

  return {
    ...read,
    changeGroup({ id, command, priority = 5, now }) {
      if (read.group(id) === null) throw new TaskError('GROUP_UNKNOWN', `There is no group ${id}. \`longhaul groups\` shows the ones there are.`);
      if (command === 'resume' || command === 'retry') letGoOn.run(id);
      const members = selectReached.get(command)?.all(id) ?? [];
      const changed: TaskId[] = [];
      const others = new Set<TaskId>();
      // As in createTouch: dependants are cancelled before what they depend on, everything else goes the other way.
      for (const member of command === 'cancel' ? members.toReversed() : members) {
        const row = listing.row(member);
        if (row === null) continue;
        const effect = command === 'prioritise' ? effects.prioritise(row, priority, now) : effects[command](row, now);
        if (effect.didChange) changed.push(member);
        for (const other of [...effect.broken, ...effect.others]) others.add(other);
      }
      return { tasks: changed.sort((a, b) => a - b).map((one) => selectTouched.get(one)).filter((one) => one !== undefined), others: [...others] };
    },
  };
}

function createGroupReads(db: Database.Database): Pick<Operations, 'groups' | 'group'> {
  const columns = 'id AS id, name AS name, on_failure AS onFailure, stopped_at AS stoppedAt, created_at AS createdAt';
  const selectGroup = db.prepare<[GroupId], Omit<GroupRow, 'members'>>(`SELECT ${columns} FROM task_group WHERE id = ?`);
  const selectGroups = db.prepare<[limit: number, offset: number], Omit<GroupRow, 'members'>>(`SELECT ${columns} FROM task_group WHERE ${HAS_MEMBERS} ORDER BY id DESC LIMIT ? OFFSET ?`);
  const countGroups = db.prepare<[], number>(`SELECT COUNT(*) FROM task_group WHERE ${HAS_MEMBERS}`).pluck();
  const selectMembers = db.prepare<[GroupId], GroupMembersRow & { readonly status: TaskStatus }>(
    `SELECT status AS status, COUNT(*) AS tasks, COALESCE(SUM(seconds), 0) AS seconds, COALESCE(SUM(seconds * progress / 100), 0) AS doneSeconds,
       SUM(seconds IS NULL) AS "unknown", COALESCE(SUM(progress / 100) FILTER (WHERE seconds IS NULL), 0) AS doneUnknown
     FROM (SELECT status, progress, JSON_EXTRACT(estimate, '$.seconds') AS seconds FROM task INDEXED BY task_members WHERE group_id = ? AND deleted_at IS NULL)
     GROUP BY status`,
  );
  const withMembers = (group: Omit<GroupRow, 'members'>): GroupRow => ({ ...group, members: selectMembers.all(group.id) });
  return {
    groups: ({ limit, offset }) => ({ groups: selectGroups.all(limit, offset).map(withMembers), total: countGroups.get() ?? 0 }),
    group(id) {
      const group = selectGroup.get(id);
      return group === undefined ? null : withMembers(group);
    },
  };
}

function orRunning(name: TransitionName): string {
  return `(status = 'running' OR ${mayMake(name)})`;
}
