/** What `add` and `do` have in common: from their options to new tasks. */
import { resolve } from 'node:path';
import type { NewTask } from '../../../shared/contract.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import { failurePolicy } from '../../../shared/new-task.ts';
import { groupId, tier, type GroupId } from '../../../shared/task.ts';
import type { OptionTable } from '../arguments.ts';
import type { GivenOptions } from '../arguments.ts';
import type { Call } from '../command.ts';
import { resolveFiles } from '../input-files.ts';
import { parseTime } from '../time.ts';
import { parseCount, parseIds, parsePriority, parseSettings, usage } from '../values.ts';

export const ADDING_OPTIONS: OptionTable = {
  recipe: { value: 'NAME', isRepeatable: true, help: 'what to make of each file; `longhaul recipes` lists them' },
  set: { value: 'KEY=VALUE', isRepeatable: true, help: "change one of the recipe's options" },
  out: { value: 'DIR', help: 'folder for the results; without it they go to the folder of the settings, or beside the file' },
  priority: { value: 'P', help: '0 to 10, or critical, high, normal, low' },
  after: { value: 'ID,…', isRepeatable: true, help: 'start when these tasks are completed' },
  'after-settled': { help: 'with --after: start also when they failed or were cancelled' },
  at: { value: 'TIME', help: 'start at 2026-12-24T18:00, 18:00, +30m or +2h' },
  group: { value: 'NAME', help: 'put the tasks into a new group of this name, or into the group of this number' },
  'on-failure': { value: 'POLICY', help: 'what the new group does when a task in it fails: goOn, stop (pause what has not begun), cancelRest' },
  tier: { value: 'TIER', help: 'FREE, PRO or ENTERPRISE: decides the priority where none is given, and goes first' },
  owner: { value: 'NAME', help: 'whose work it is' },
  project: { value: 'NAME', help: 'what it belongs to' },
  unique: { value: 'SECONDS', help: 'add nothing where the same recipe was asked of the same file with --unique so recently' },
  'rate-key': { value: 'KEY', help: 'tasks with the same key share its rate limit' },
};

/** Every file with every recipe, in the order given. */
export async function newTasks({ host, positionals, options }: Call): Promise<NewTask[]> {
  const recipes = [...new Set(options.all('recipe'))];
  if (recipes.length === 0) throw usage('Say what to make of it with --recipe NAME. `longhaul recipes` lists the recipes.');
  const outputDir = options.last('out');
  const priority = options.last('priority');
  const at = options.last('at');
  const common = {
    set: parseSettings(options.all('set')),
    outputDir: outputDir === undefined ? null : resolve(host.workingDir, outputDir),
    priority: priority === undefined ? undefined : parsePriority(priority),
    dependsOn: parseIds(options.all('after')),
    runAt: at === undefined ? null : parseTime(at, host.now()),
    ...belongings(options),
  };
  // A report has no file, only tasks that it is about; a recipe that needs one is refused by the engine.
  if (positionals.length === 0 && common.dependsOn.length > 0) return recipes.map((recipe) => ({ ...common, recipe }));
  const files = await resolveFiles(positionals, host.workingDir);
  return files.flatMap((input) => recipes.map((recipe) => ({ ...common, input, recipe })));
}

/** Whom and what the tasks belong to, and what holds for them because of it. */
function belongings(options: GivenOptions) {
  const [tierName, unique] = [options.last('tier'), options.last('unique')];
  return {
    dependencyMode: options.has('after-settled') ? 'settled' : 'completed',
    group: wantedGroup(options.last('group'), options.last('on-failure')),
    owner: options.last('owner') ?? null,
    project: options.last('project') ?? null,
    rateKey: options.last('rate-key') ?? null,
    unique: unique === undefined ? null : { withinSeconds: atLeastOne('unique', unique) },
    ...(tierName === undefined ? {} : { tier: oneOf('tier', tierName.toUpperCase(), tier.options) }),
  } as const;
}

function wantedGroup(name: string | undefined, policy: string | undefined): NewTask['group'] {
  const onFailure = policy === undefined ? undefined : oneOf('policy', policy, failurePolicy.options);
  if (name === undefined) {
    if (onFailure !== undefined) throw usage('--on-failure says what a group does: name one with --group.');
    return null;
  }
  const id = existingGroup(name);
  if (id === null) return { name, ...(onFailure === undefined ? {} : { onFailure }) };
  if (onFailure !== undefined) throw usage(`Group ${String(id)} has its policy already. --on-failure goes with a new group.`);
  return id;
}

/** Digits alone, with or without `#`, are the number of a group that there is. */
function existingGroup(name: string): GroupId | null {
  const digits = name.replace(/^#/, '');
  return /^\d+$/.test(digits) ? (groupId.safeParse(Number(digits)).data ?? null) : null;
}

function atLeastOne(name: string, text: string): number {
  const count = parseCount(name, text);
  if (count === 0) throw usage(`--${name} takes at least 1.`);
  return count;
}

function oneOf<Name extends string>(kind: string, wanted: string, known: readonly Name[]): Name {
  const found = known.find((name) => name === wanted);
  if (found === undefined) throw usage(`There is no ${kind} "${wanted}". ${didYouMean(wanted, known)}`);
  return found;
}
