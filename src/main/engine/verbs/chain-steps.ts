/** Chains that are handed in become the tasks of their steps; files that tasks take of others become dependencies. */
import { chainTasks, groupNamer } from '../../../shared/chain-plan.ts';
import { TaskError } from '../../../shared/errors.ts';
import { newTask, type WantedTask } from '../../../shared/new-task.ts';
import type { Recipes } from '../recipes.ts';

/** In the place of each chain its steps, in their order. What depended on the chain depends on all of them. */
export function withChainSteps(tasks: readonly WantedTask[], recipes: Recipes): readonly WantedTask[] {
  if (!tasks.some(({ recipe }) => recipes.findChain(recipe) !== undefined)) return tasks;
  const keysOf = new Map<string, readonly string[]>();
  const nameOf = groupNamer();
  const steps = tasks.flatMap((task, place): WantedTask[] => {
    const chain = recipes.findChain(task.recipe);
    if (chain === undefined) return [task];
    const { input, key, inputFrom, set, setFrom, recipe, ...wish } = task;
    if (input === undefined || inputFrom !== undefined) throw new TaskError('USAGE', `The chain ${recipe} needs a file to work on.`);
    if (Object.keys(set).length + Object.keys(setFrom).length > 0) throw new TaskError('USAGE', `${recipe} is a chain and has no options of its own. Copy the recipe of a step, change that, and make a chain with it.`);
    const made = chainTasks(chain, chain.chain, { ...wish, input }, { prefix: `${key ?? 'chain'}/${place}`, groupName: nameOf(input) });
    if (key !== undefined) keysOf.set(key, made.flatMap((one) => one.key ?? []));
    return made.map((one) => newTask.parse(one));
  });
  return steps.map((task) => ({ ...task, dependsOn: task.dependsOn.flatMap((one) => (typeof one === 'string' ? (keysOf.get(one) ?? one) : one)) }));
}

/** Whoever takes a file of another task waits for that one. */
export function withSources(tasks: readonly WantedTask[]): readonly WantedTask[] {
  return tasks.map((task) => {
    const from = [...(task.inputFrom === undefined ? [] : [task.inputFrom.task]), ...Object.values(task.setFrom).map((made) => made.task)];
    return from.length === 0 ? task : { ...task, dependsOn: [...new Set([...task.dependsOn, ...from])] };
  });
}
