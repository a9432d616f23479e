/** Tasks that are handed in together and name each other by keys: in which order they can be stored, or in which circle they run. */
import { TaskError } from '../../../shared/errors.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import type { TaskId } from '../../../shared/task.ts';

export interface Keyed {
  readonly key?: string | undefined;
  /** Numbers: stored tasks. Texts: keys. */
  readonly dependsOn: readonly (TaskId | string)[];
}

export interface DependencyOrder {
  /** Places of all tasks, each after those it depends on, else as they were given. */
  readonly order: readonly number[];
  /** By place: the places it depends on. */
  readonly dependencies: readonly (readonly number[])[];
}

/** Throws USAGE on a key that is not there or there twice, and on a circle, naming it. */
export function dependencyOrder(tasks: readonly Keyed[]): DependencyOrder {
  const places = placesByKey(tasks);
  const dependencies = tasks.map(({ dependsOn }) => (dependsOn.length === 0 ? [] : [...new Set(dependsOn)].filter((one) => typeof one === 'string').map((key) => placeOf(places, key))));
  const order: number[] = [];
  const state = new Array<'new' | 'open' | 'done'>(tasks.length).fill('new');
  // Depth first with a stack of its own: a chain of ten thousand tasks is deeper than the engine's.
  const path: { readonly place: number; next: number }[] = [];
  const enter = (place: number): void => {
    if (state[place] === 'open') throw circle(tasks, [...path.slice(path.findIndex((step) => step.place === place)).map((step) => step.place), place]);
    if (state[place] === 'done') return;
    state[place] = 'open';
    path.push({ place, next: 0 });
  };
  for (let first = 0; first < tasks.length; first += 1) {
    enter(first);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const dependency = dependencies[step.place]?.[step.next];
      step.next += 1;
      if (dependency !== undefined) {
        enter(dependency);
        continue;
      }
      state[step.place] = 'done';
      order.push(step.place);
      path.pop();
    }
  }
  return { order, dependencies };
}

function placesByKey(tasks: readonly Keyed[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  tasks.forEach(({ key }, place) => {
    if (key === undefined) return;
    if (places.has(key)) throw new TaskError('USAGE', `The key "${key}" stands for two tasks. Give each its own.`);
    places.set(key, place);
  });
  return places;
}

function placeOf(places: ReadonlyMap<string, number>, key: string): number {
  const place = places.get(key);
  if (place !== undefined) return place;
  throw new TaskError('USAGE', `No task of this call has the key "${key}". ${places.size === 0 ? 'Stored tasks are named by their number.' : didYouMean(key, [...places.keys()])}`);
}

/** As many names of a circle as a person reads. */
const MOST_NAMED = 20;

function circle(tasks: readonly Keyed[], places: readonly number[]): TaskError {
  const names = places.map((place) => tasks[place]?.key ?? '');
  const shown = names.length <= MOST_NAMED ? names : [...names.slice(0, MOST_NAMED - 2), `(${names.length - MOST_NAMED + 1} more)`, ...names.slice(-1)];
  return new TaskError('USAGE', `These tasks wait for each other in a circle: ${shown.join(' → ')}. Take one of these dependencies away.`);
}
