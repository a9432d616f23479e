/** From a chain and a file to the tasks that do it: what the window shows as a plan, and what the engine takes. */
import type { NewTask } from './new-task.ts';
import type { Chain, ChainStep, StepOutput } from './recipe.ts';

/** What all steps of a chain share: the file, where results go, and what else is said of tasks. */
export type ChainWish = Omit<NewTask, 'recipe' | 'set' | 'key' | 'inputFrom' | 'setFrom'> & { readonly input: string };

/**
 * A task per step, in their order; prefix makes their keys their own within a call. The tasks are a group with the chain's policy for a
 * failure and this name, unless the wish names a group.
 */
export function chainTasks({ onFailure }: Pick<Chain, 'onFailure'>, steps: readonly ChainStep[], { input, dependsOn = [], group, ...wish }: ChainWish, { prefix, groupName }: { readonly prefix: string; readonly groupName: string }): NewTask[] {
  const keyOf = (step: string): string => `${prefix}/${step}`;
  const from = ({ step, extension }: StepOutput) => ({ task: keyOf(step), extension });
  return steps.map((step): NewTask => ({
    ...wish, key: keyOf(step.key), recipe: step.recipe, set: step.set, dependsOn: [...dependsOn, ...step.after.map(keyOf)],
    group: group ?? { name: groupName, onFailure },
    ...(step.input === 'source' ? { input } : { inputFrom: from(step.input) }),
    ...(Object.keys(step.setFrom).length === 0 ? {} : { setFrom: Object.fromEntries(Object.entries(step.setFrom).map(([option, made]) => [option, from(made)])) }),
  }));
}

/** The steps without one of them, and without those that can't be done without it. */
export function withoutStep(steps: readonly ChainStep[], key: string): ChainStep[] {
  const gone = new Set([key]);
  return steps.filter((step) => {
    const needs = [...(step.input === 'source' ? [] : [step.input.step]), ...Object.values(step.setFrom).map(({ step: from }) => from)];
    if (!gone.has(step.key) && !needs.some((one) => gone.has(one))) return true;
    gone.add(step.key);
    return false;
  }).map((step) => ({ ...step, after: step.after.filter((one) => !gone.has(one)) }));
}

/** Names groups after files within one call, where each name stands for one group: two files of the same name get two. */
export function groupNamer(): (path: string) => string {
  const known = new Map<string, number>();
  return (path) => {
    const name = (path.split(/[/\\]/).at(-1) ?? path).slice(0, 190);
    const count = (known.get(name) ?? 0) + 1;
    known.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  };
}
