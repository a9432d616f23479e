/** The rows of the queue by their index, without a row object for each of a hundred thousand tasks. */
import type { TaskSummary } from '../../../shared/summary.ts';
import type { TaskId, TaskType } from '../../../shared/task.ts';
import { SECTIONS, type Section } from '../../store/sections.ts';

export const STATE_FILTERS = ['all', ...SECTIONS, 'paused', 'cancelled'] as const;
export type StateFilter = (typeof STATE_FILTERS)[number];

export interface Filter {
  /** Words that must all be in the path or the recipe, in any order. */
  readonly search: string;
  readonly state: StateFilter;
  readonly type: TaskType | 'all';
}

export type Row = { readonly kind: 'heading'; readonly section: Section; readonly count: number; readonly isFolded: boolean } | { readonly kind: 'task'; readonly id: TaskId; readonly section: Section };

export function isFiltering({ search, state, type }: Filter): boolean {
  return search.trim() !== '' || state !== 'all' || type !== 'all';
}

/** What a section holds of what is looked for. latest: the task as it is now, whose path and recipe never change but whose status does. */
export function filterSection(section: Section, tasks: readonly TaskSummary[], filter: Filter): readonly TaskSummary[] {
  if (!isFiltering(filter)) return tasks;
  const { state, type } = filter;
  const isSection = state === section;
  if (state !== 'all' && !isSection && state !== 'paused' && state !== 'cancelled') return [];
  const words = filter.search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return tasks.filter((task) => {
    if (type !== 'all' && task.type !== type) return false;
    if (state !== 'all' && !isSection && task.status !== state) return false;
    return words.length === 0 || matches(task, words);
  });
}

/** Lower-case texts, kept as long as the task: typing searches a hundred thousand of them with each letter. */
const texts = new WeakMap<TaskSummary, string>();

function matches(task: TaskSummary, words: readonly string[]): boolean {
  const known = texts.get(task);
  const text = known ?? `${task.input} ${task.recipe}`.toLowerCase();
  if (known === undefined) texts.set(task, text);
  return words.every((word) => text.includes(word));
}

interface Block {
  readonly section: Section;
  readonly tasks: readonly TaskSummary[];
  /** Index of its heading. */
  readonly start: number;
  readonly isFolded: boolean;
}

/** The list as it is shown: each section that has tasks, with its heading. */
export class ListModel {
  readonly #blocks: readonly Block[];
  readonly count: number;

  constructor(sections: Readonly<Record<Section, readonly TaskSummary[]>>, folded: ReadonlySet<Section>) {
    const blocks: Block[] = [];
    let start = 0;
    for (const section of SECTIONS) {
      const tasks = sections[section];
      if (tasks.length === 0) continue;
      const isFolded = folded.has(section);
      blocks.push({ section, tasks, start, isFolded });
      start += isFolded ? 1 : tasks.length + 1;
    }
    this.#blocks = blocks;
    this.count = start;
  }

  row(index: number): Row | null {
    const block = this.#blocks.findLast(({ start }) => start <= index);
    if (block === undefined || index >= this.count) return null;
    if (index === block.start) return { kind: 'heading', section: block.section, count: block.tasks.length, isFolded: block.isFolded };
    const task = block.tasks[index - block.start - 1];
    return task === undefined ? null : { kind: 'task', id: task.id, section: block.section };
  }

  /** As `row`, for what asks of every index. */
  isHeading(index: number): boolean {
    return this.#blocks.some(({ start }) => start === index);
  }

  /** Where a row is now; -1: it is not shown. */
  indexOf(key: string | null): number {
    if (key === null) return -1;
    const wanted = idOf(key);
    for (const block of this.#blocks) {
      if (key === headingKey(block.section)) return block.start;
      if (block.isFolded || wanted === null) continue;
      const at = block.tasks.findIndex(({ id }) => id === wanted);
      if (at >= 0) return block.start + 1 + at;
    }
    return -1;
  }

  /** The tasks from one row to another, both with it, whichever comes first. */
  between(a: number, b: number): TaskId[] {
    const ids: TaskId[] = [];
    for (let index = Math.max(0, Math.min(a, b)); index <= Math.max(a, b); index += 1) {
      const row = this.row(index);
      if (row?.kind === 'task') ids.push(row.id);
    }
    return ids;
  }

  all(): TaskId[] {
    return this.#blocks.flatMap(({ tasks, isFolded }) => (isFolded ? [] : tasks.map(({ id }) => id)));
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }
}

export function taskKey(id: TaskId): string {
  return `t${id}`;
}

/** The task of a row's key; null: it is a heading's. */
export function idOf(key: string): TaskId | null {
  return key.startsWith('t') ? Number(key.slice(1)) : null;
}

export function headingKey(section: Section): string {
  return `s:${section}`;
}

export function keyOf(row: Row): string {
  return row.kind === 'task' ? taskKey(row.id) : headingKey(row.section);
}
