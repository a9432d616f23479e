/** Options that say which tasks: what `list` and `dead` have in common. */
import { ERROR_CODES } from '../../shared/errors.ts';
import { QUEUE_NAMES, TASK_TYPES, type TaskId } from '../../shared/task.ts';
import type { GivenOptions, OptionTable } from './arguments.ts';
import { parsePast } from './time.ts';
import { parseIds, parseNames, usage } from './values.ts';

/** By what tasks of any status are chosen. */
export const FILTER_OPTIONS: OptionTable = {
  type: { value: 'T', isRepeatable: true, help: 'only these types, with commas between' },
  queue: { value: 'Q', isRepeatable: true, help: 'only these queues, with commas between' },
  recipe: { value: 'R', isRepeatable: true, help: 'only tasks of this recipe' },
  group: { value: 'ID', help: 'only tasks of this group' },
  owner: { value: 'NAME', help: 'only tasks of this owner' },
  project: { value: 'NAME', help: 'only tasks of this project' },
  text: { value: 'TEXT', help: 'only tasks with this in their file, message or error' },
  code: { value: 'CODE', isRepeatable: true, help: 'only tasks that failed for these reasons, with commas between' },
};

/** What of them was given, as the contract's filters take it. */
export function givenFilter(options: GivenOptions) {
  const some = (name: string): readonly string[] | undefined => (options.has(name) ? options.all(name) : undefined);
  const [types, queues, recipes, codes, group] = [some('type'), some('queue'), some('recipe'), some('code'), options.last('group')];
  return {
    type: types && parseNames('task type', types, TASK_TYPES),
    queue: queues && parseNames('queue', queues, QUEUE_NAMES),
    recipe: recipes && [...recipes],
    code: codes && parseNames('error code', codes.map((code) => code.toUpperCase()), ERROR_CODES),
    groupId: group === undefined ? undefined : oneId('group', group),
    owner: options.last('owner'),
    project: options.last('project'),
    text: options.last('text'),
  };
}

/** An id given to an option. */
export function oneId(name: string, text: string): TaskId {
  const [id, ...more] = parseIds([text]);
  if (id === undefined || more.length > 0) throw usage(`--${name} takes one id, not "${text}".`);
  return id;
}

/** The moment that an option names; undefined: it was not given. */
export function givenTime(options: GivenOptions, name: string, now: number): number | undefined {
  const text = options.last(name);
  return text === undefined ? undefined : parsePast(name, text, now);
}
