/** A list's filter as SQL: which conditions, by which index, in which order. Values are bound; only names of fixed lists stand in the text. */
import { TASK_STATUSES, type TaskId, type TaskStatus } from '../../../shared/task.ts';
import type { ListFilter } from './store.ts';

type Value = string | number;

/** Why a task failed; damaged JSON has no code. */
export const ERROR_CODE = `CASE WHEN JSON_VALID(error) THEN error ->> '$.code' END`;

export interface ListQuery {
  readonly statuses: readonly TaskStatus[];
  /** Names the index, or says that none helps: SQLite has no statistics of this database and would guess. */
  readonly from: string;
  /** The same for counting, which needs no order. */
  readonly countFrom: string;
  readonly where: string;
  readonly orderBy: string;
  readonly values: Readonly<Record<string, Value>>;
  /** Whether the filter says nothing but statuses, so that the kept counts answer it. */
  readonly isPlain: boolean;
  /** Whether the page comes from the index of a status in the order of ids. */
  readonly isByStatus: boolean;
  /** Whether every row has to be read for it. */
  readonly isScan: boolean;
  /** Whether a page of it is put together from portions: all tasks, or all of some statuses, have to be looked at. */
  readonly isPortioned: boolean;
  /** The same question about a range of ids, @first to @upTo; null: an index answers all of it sooner. */
  readonly portion: { readonly from: string; readonly where: string; readonly key: string } | null;
}

const SORT_COLUMNS = { created: 'id', updated: 'updated_at', finished: 'completed_at', priority: 'priority', order: 'order_key', duration: 'duration_ms' } as const;
/** What the index task_list does not have. */
const UNCOVERED_SORTS: ReadonlySet<string> = new Set(['updated', 'priority', 'order', 'duration']);

export function listQuery(filter: ListFilter): ListQuery {
  const statuses = statusesOf(filter);
  const { conditions, values } = conditionsOf(filter);
  const isAll = statuses.length === TASK_STATUSES.length;
  const isScan = filter.text !== undefined;
  const index = selectiveIndex(filter, statuses);
  const isCovered = !isScan && !UNCOVERED_SORTS.has(filter.sort ?? 'created');
  const from = index ?? (isAll && !isCovered ? 'task NOT INDEXED' : 'task INDEXED BY task_list');
  const isPlain = conditions.length === 0 && filter.isRemoved !== true;
  const portion = index === null && statuses.length > 0 ? portionOf(filter, { statuses, from, conditions }) : null;
  const shown = filter.isRemoved === true ? 'deleted_at IS NOT NULL' : 'deleted_at IS NULL';
  return {
    statuses, from, values, isScan,
    countFrom: filter.text === undefined && (index === null || index === CLAIM_ORDER) ? 'task INDEXED BY task_list' : from,
    where: [shown, ...(isAll ? [] : [statusCondition(statuses)]), ...conditions].join(' AND '),
    orderBy: orderBy(filter),
    isPlain,
    isByStatus: from === 'task INDEXED BY task_list' && isCovered && (filter.sort ?? 'created') === 'created',
    portion,
    isPortioned: portion !== null && !(isPlain && (filter.sort ?? 'created') === 'created'),
  };
}

/** By the list's index, of which each status has its ids in order; by the table where the index lacks what is asked and all statuses are wanted. */
function portionOf({ sort = 'created' }: ListFilter, { statuses, from, conditions }: { statuses: readonly TaskStatus[]; from: string; conditions: readonly string[] }): ListQuery['portion'] {
  const ofStatus = from === 'task INDEXED BY task_list' ? [statusCondition(statuses)] : [];
  return { from, where: ['deleted_at IS NULL', ...ofStatus, ...conditions, 'id BETWEEN @first AND @upTo'].join(' AND '), key: SORT_COLUMNS[sort] };
}

/** A task of a list with what it is sorted by; null: it has nothing of it. */
export type Found = readonly [id: TaskId, key: number | null];

/** The order of a list as orderBy has it, for what was read in portions. */
export function inOrder({ sort = 'created', direction = 'desc' }: ListFilter): (a: Found, b: Found) => number {
  const way = direction === 'asc' ? 1 : -1;
  const idWay = sort === 'order' ? -way : way;
  return ([idA, keyA], [idB, keyB]) => {
    if (keyA === keyB) return (idA - idB) * idWay;
    if (keyA === null || keyB === null) return keyA === null ? 1 : -1;
    return (keyA - keyB) * way;
  };
}

/** Only what failed has a reason for it. */
function statusesOf({ status, code, isDeadLetter }: ListFilter): readonly TaskStatus[] {
  const wanted = new Set(status ?? TASK_STATUSES);
  const isFailed = code === undefined ? isDeadLetter : true;
  return TASK_STATUSES.filter((name) => wanted.has(name) && (isFailed === undefined || (name === 'failed') === isFailed) && !(name === 'failed' && isDeadLetter === false));
}

/** Literal, not bound: so that SQLite sees which partial indexes hold. */
function statusCondition(statuses: readonly TaskStatus[]): string {
  const [only, ...others] = statuses;
  if (only === undefined) return '0';
  return others.length === 0 ? `status = '${only}'` : `status IN (${statuses.map((name) => `'${name}'`).join(', ')})`;
}

const CLAIM_ORDER = 'task INDEXED BY task_claim';

/** The index of what narrows the list down most; null: nothing does. */
function selectiveIndex(filter: ListFilter, statuses: readonly TaskStatus[]): string | null {
  if (filter.ids !== undefined) return 'task';
  if (filter.groupId !== undefined) return 'task INDEXED BY task_members';
  if (filter.parentTaskId !== undefined) return 'task INDEXED BY task_children';
  if (filter.isRemoved === true) return 'task INDEXED BY task_removed';
  const isOnly = (status: TaskStatus): boolean => statuses.length === 1 && statuses[0] === status;
  if (isOnly('pending') && filter.sort === 'order' && filter.queue?.length === 1) return CLAIM_ORDER;
  return null;
}

/** The id decides between equals, in the same direction; who is claimed first among equals has the lower id. */
function orderBy({ sort = 'created', direction = 'desc' }: ListFilter): string {
  const way = direction === 'asc' ? 'ASC' : 'DESC';
  if (sort === 'created') return `id ${way}`;
  if (sort === 'order') return direction === 'asc' ? 'order_key ASC, id DESC' : 'order_key DESC, id ASC';
  return `${SORT_COLUMNS[sort]} ${way} NULLS LAST, id ${way}`;
}

function conditionsOf(filter: ListFilter): { conditions: string[]; values: Record<string, Value> } {
  const conditions: string[] = [];
  const values: Record<string, Value> = {};
  const add = (condition: string, name: string, value: Value | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values[name] = value;
  };
  const among = (column: string, name: string, wanted: readonly Value[] | undefined): void => {
    const [only, ...others] = wanted ?? [];
    if (wanted === undefined) return;
    if (only !== undefined && others.length === 0) add(`${column} = @${name}`, name, only);
    else add(`${column} IN (SELECT value FROM JSON_EACH(@${name}))`, name, JSON.stringify(wanted));
  };
  among('id', 'ids', filter.ids);
  among('type', 'types', filter.type);
  among('queue', 'queues', filter.queue);
  among('recipe', 'recipes', filter.recipe);
  among(ERROR_CODE, 'codes', filter.code);
  add('group_id = @groupId', 'groupId', filter.groupId);
  add('parent_id = @parentId', 'parentId', filter.parentTaskId);
  add('owner = @owner', 'owner', filter.owner);
  add('project = @project', 'project', filter.project);
  add('created_at >= @createdFrom', 'createdFrom', filter.createdFrom);
  add('created_at < @createdTo', 'createdTo', filter.createdTo);
  add('completed_at >= @finishedFrom', 'finishedFrom', filter.finishedFrom);
  add('completed_at < @finishedTo', 'finishedTo', filter.finishedTo);
  if (filter.text !== undefined) {
    conditions.push(TEXT_CONDITION);
    values['text'] = pattern(filter.text);
    values['jsonText'] = pattern(JSON.stringify(filter.text).slice(1, -1));
  }
  return { conditions, values };
}

/** Inputs are compared as the JSON that they are, where a backslash stands twice. */
const TEXT_CONDITION = String.raw`(inputs LIKE @jsonText ESCAPE '\' OR message LIKE @text ESCAPE '\'
  OR CASE WHEN JSON_VALID(error) THEN error ->> '$.message' END LIKE @text ESCAPE '\')`;

function pattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
