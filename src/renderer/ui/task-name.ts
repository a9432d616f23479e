/** What a task is called: by its file, or, where Longhaul works for itself, by what it does. */
import i18next from 'i18next';
import type { TaskSummary } from '../../shared/summary.ts';
import { describePhase } from './messages.ts';
import { fileName } from './paths.ts';
import { recipeName } from './recipes.ts';

type Named = Pick<TaskSummary, 'input' | 'recipe' | 'type'>;

export function taskName({ input, recipe, type }: Named): string {
  if (type !== 'maintenance') return input === '' ? recipeName(recipe) : fileName(input);
  const key = `queue:upkeep.${recipe}`;
  // Longhaul's own schedules are translated; a user's own have the name that they were given.
  return i18next.exists(key) ? i18next.t(key) : recipe;
}

/** What upkeep did, as it says itself at its end; empty before. Null: it is a user's task. */
export function upkeepNote({ type, status, message }: Pick<TaskSummary, 'type' | 'status' | 'message'>): string | null {
  if (type !== 'maintenance') return null;
  return status === 'completed' ? describePhase(message) : '';
}
