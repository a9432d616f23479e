/** Values of the command line: ids, priorities, `KEY=VALUE`. What is wrong is said with what would be right. */
import { TaskError } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { PRIORITY_NAMES, TASK_STATUSES, TASK_TYPES, priority, taskId, type TaskId } from '../../shared/task.ts';

/** Ids given one by one or with commas between; `#` in front is allowed. Each is returned once. */
export function parseIds(texts: readonly string[]): TaskId[] {
  const ids = texts.flatMap((text) => text.split(',')).map((part) => part.trim()).filter((part) => part !== '').map(parseId);
  return [...new Set(ids)];
}

/** A number from 0 to 10 or its name. */
export function parsePriority(text: string): number {
  const named = Object.entries(PRIORITY_NAMES).find(([name]) => name === text.toLowerCase());
  if (named !== undefined) return named[1];
  const parsed = priority.safeParse(/^\d+$/.test(text) ? Number(text) : Number.NaN);
  if (parsed.success) return parsed.data;
  throw usage(`The priority is 0 to 10 (10 goes first) or one of ${Object.keys(PRIORITY_NAMES).join(', ')}, not "${text}".`);
}

/** `KEY=VALUE`, several times; the last of equal keys counts. Values stay text: the option's own schema reads them. */
export function parseSettings(texts: readonly string[]): Record<string, string> {
  const entries = texts.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw usage(`--set takes KEY=VALUE, for example --set language=de, not "${text}".`);
    return [text.slice(0, at).trim(), text.slice(at + 1)];
  });
  return Object.fromEntries(entries);
}

/** Statuses with commas between. */
export const parseStatuses = (texts: readonly string[]) => parseNames('status', texts, TASK_STATUSES);
/** Task types with commas between. */
export const parseTypes = (texts: readonly string[]) => parseNames('task type', texts, TASK_TYPES);

/** A whole number, not negative. */
export function parseCount(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usage(`--${name} takes a whole number, not "${text}".`);
}

/** What the command line got wrong. */
export function usage(message: string): TaskError {
  return new TaskError('USAGE', message);
}

function parseId(text: string): TaskId {
  const digits = text.replace(/^#/, '');
  const parsed = taskId.safeParse(/^\d+$/.test(digits) ? Number(digits) : Number.NaN);
  if (parsed.success) return parsed.data;
  throw usage(`A task's id is a number, as \`longhaul list\` shows it, not "${text}".`);
}

/** Names of a fixed list, with commas between. */
export function parseNames<Name extends string>(kind: string, texts: readonly string[], known: readonly Name[]): Name[] {
  return texts.flatMap((text) => text.split(',')).map((part) => {
    const wanted = part.trim();
    const found = known.find((name) => name === wanted);
    if (found === undefined) throw usage(`There is no ${kind} "${wanted}". ${didYouMean(wanted, known)}`);
    return found;
  });
}
