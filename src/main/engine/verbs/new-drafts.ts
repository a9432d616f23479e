/** From tasks as they are handed in to what the store inserts: options complete, folders chosen, graph in order. */
import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import type { MadeFile, NewGroup, WantedTask } from '../../../shared/new-task.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { queueName, TIER_PRIORITIES, type TaskType } from '../../../shared/task.ts';
import { needs } from '../intake/fitting-recipes.ts';
import { fitOptions, type Recipes } from '../recipes.ts';
import { RETRY_POLICIES } from '../scheduler/retry-policy.ts';
import type { DraftMore, TaskDraft } from '../store/store.ts';
import { withChainSteps, withSources } from './chain-steps.ts';
import { dependencyOrder } from './dependency-order.ts';
import type { VerbParts } from './parts.ts';

/** Of a task of whose priority nobody said anything: `normal`. */
const USUAL_PRIORITY = 5;

type DraftParts = Pick<VerbParts, 'recipes' | 'settings'>;

export interface NewDrafts {
  /** Each after those it depends on. */
  readonly drafts: readonly TaskDraft[];
  readonly groups: readonly Required<NewGroup>[];
  /** By the place of a draft: the place of its task as it was given. */
  readonly order: readonly number[];
}

/** Throws TaskError where any of them can't be taken. */
export function newDrafts(given: readonly WantedTask[], parts: DraftParts, now: number): NewDrafts {
  const tasks = withSources(withChainSteps(given, parts.recipes));
  const { order, dependencies } = dependencyOrder(tasks);
  const draftPlaces = new Map(order.map((place, draftPlace) => [place, draftPlace]));
  const places = new Map(tasks.flatMap(({ key }, place) => (key === undefined ? [] : [[key, draftPlaces.get(place) ?? 0] as const])));
  const placeOf = (key: string): number | null => places.get(key) ?? null;
  const groups = new NewGroups();
  const resolve = cachedResolve(parts.recipes);
  const drafts = order.flatMap((place) => {
    const task = tasks[place];
    if (task === undefined) return [];
    const after = (dependencies[place] ?? []).map((one) => draftPlaces.get(one) ?? 0);
    return [draftOf(task, { ...parts, groups, resolve, after, placeOf, now })];
  });
  return { drafts, groups: groups.all, order };
}

interface DraftContext extends DraftParts {
  readonly groups: NewGroups;
  readonly resolve: Recipes['resolve'];
  /** Places of drafts that it depends on. */
  readonly after: readonly number[];
  /** The place of the draft with a key of this call. */
  readonly placeOf: (key: string) => number | null;
  readonly now: number;
}

function draftOf(task: WantedTask, context: DraftContext): TaskDraft {
  const { recipe, options } = context.resolve(task.recipe, task.set);
  const inputs = inputsOf(task, recipe);
  const outputDir = outputDirOf(task, recipe, context);
  const usual = task.tier === undefined ? USUAL_PRIORITY : TIER_PRIORITIES[task.tier];
  const more = moreOf(task, context, { type: recipe.type, inputs, options, sources: sourcesOf(task, recipe, context) });
  return {
    type: recipe.type, recipe: recipe.name, queue: queueName.parse(context.settings()[`route.${recipe.type}`]), priority: task.priority ?? usual, inputs, outputDir, options,
    maxRetries: task.maxRetries ?? RETRY_POLICIES[recipe.type].maxRetries, dependsOn: task.dependsOn.filter((one) => typeof one === 'number'), runAt: task.runAt,
    suffix: recipe.suffix, ...(more === null ? {} : { more }),
  };
}

function inputsOf({ input, inputFrom }: WantedTask, recipe: Recipe): string[] {
  if (needs(recipe) === null) {
    if (input === undefined && inputFrom === undefined) return [];
    throw new TaskError('USAGE', `Recipe ${recipe.name} takes no file: ${recipe.type === 'report' ? 'it is made from the tasks it depends on' : 'it works on Longhaul itself'}.`);
  }
  if (inputFrom !== undefined) {
    if (input === undefined) return [];
    throw new TaskError('USAGE', `A task of recipe ${recipe.name} has both a file and another task that makes its file. Leave one out.`);
  }
  if (input === undefined) throw new TaskError('USAGE', `Recipe ${recipe.name} needs a file to work on.`);
  if (!isAbsolute(input)) throw new TaskError('USAGE', `${input} is not an absolute path.`);
  return [input];
}

/** What it takes of other tasks. Throws OPTION_INVALID for an option that takes no path. */
function sourcesOf({ inputFrom, setFrom, dependencyMode }: WantedTask, recipe: Recipe, { placeOf }: DraftContext): NonNullable<DraftMore['sources']> {
  const wanted: [option: string | null, made: MadeFile][] = [...(inputFrom === undefined ? [] : [[null, inputFrom] satisfies [null, MadeFile]]), ...Object.entries(setFrom)];
  if (wanted.length > 0 && dependencyMode === 'settled') throw new TaskError('USAGE', `A task that works on what another makes needs it completed. Leave dependencyMode out.`);
  return wanted.map(([option, { task, extension }]) => {
    // A path that fits tells that the option takes one.
    if (option !== null) fitOptions(recipe, { [option]: `/made.${extension}` });
    return { option, from: typeof task === 'number' ? task : null, place: typeof task === 'string' ? placeOf(task) : null, extension };
  });
}

/** Without a folder of its own a task gets the one that the settings name now; a later change moves nothing that was accepted. */
function outputDirOf(task: WantedTask, { name, type }: Recipe, { settings }: DraftContext): string | null {
  const outputDir = task.outputDir ?? (settings().outputDir || null);
  if (outputDir !== null && !isAbsolute(outputDir)) throw new TaskError('USAGE', `${outputDir} is not an absolute path.`);
  if (type === 'report' && outputDir === null) throw new TaskError('USAGE', `Say where the report goes: recipe ${name} has no file beside which it could lie.`);
  if (type === 'report' && task.dependsOn.length === 0) throw new TaskError('USAGE', `Say which tasks the report is about: recipe ${name} is made from the tasks it depends on.`);
  return outputDir;
}

/** Null where a task has nothing of it: then its insert does not pay for it. */
function moreOf(task: WantedTask, { groups, after, now }: DraftContext, same: { type: TaskType; inputs: readonly string[]; options: object; sources: NonNullable<DraftMore['sources']> }): DraftMore | null {
  const { dependencyMode, parentTaskId, owner, tier, documentId, project, notify, rateKey, retryDelayMs, softLimitSeconds, hardLimitSeconds, group, unique } = task;
  const hasNone = dependencyMode === 'completed' && after.length === 0 && tier === undefined && notify.length === 0
    && [parentTaskId, owner, documentId, project, rateKey, retryDelayMs, softLimitSeconds, hardLimitSeconds, group, unique].every((field) => field === null) && same.sources.length === 0;
  if (hasNone) return null;
  if (unique !== null && same.inputs.length === 0) throw new TaskError('USAGE', `A ${same.type} task has no file by which another could be the same. Leave unique out.`);
  return {
    dependencyMode, parentTaskId, owner, documentId, project, notify, rateKey, retryDelayMs, softLimitSeconds, hardLimitSeconds, after, sources: same.sources,
    ...(tier === undefined ? {} : { tier }),
    ...(typeof group === 'number' ? { groupId: group } : group === null ? {} : { newGroup: groups.placeOf(group) }),
    ...(unique === null ? {} : { unique: { key: uniqueKey(same), since: now - unique.withinSeconds * 1000 } }),
  };
}

/** The options are complete and in the order of their schema, so the same ones have the same text. */
function uniqueKey({ type, inputs, options }: { type: TaskType; inputs: readonly string[]; options: object }): string {
  return createHash('sha256').update(JSON.stringify([type, inputs, options])).digest('hex');
}

/** The groups that the tasks of one call found. */
class NewGroups {
  readonly all: Required<NewGroup>[] = [];

  placeOf(wanted: Required<NewGroup>): number {
    const known = this.all.findIndex(({ name }) => name === wanted.name);
    if (known === -1) return this.all.push(wanted) - 1;
    if (this.all[known]?.onFailure !== wanted.onFailure) throw new TaskError('USAGE', `Tasks of the group "${wanted.name}" name different policies for a failure. Name one.`);
    return known;
  }
}

/** A graph has thousands of tasks of a few recipes. */
function cachedResolve(recipes: Recipes): Recipes['resolve'] {
  const known = new Map<string, ReturnType<Recipes['resolve']>>();
  return (name, set) => {
    const key = JSON.stringify([name, set]);
    const found = known.get(key) ?? recipes.resolve(name, set);
    known.set(key, found);
    return found;
  };
}
