/** Watched folders as their users see them. */
import { isAbsolute, resolve } from 'node:path';
import { METHODS, type EngineApi } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { watchRuleBody, type WatchRule, type WatchRuleBody, type WatchState } from '../../../shared/watch-contract.ts';
import { needs } from '../intake/fitting-recipes.ts';
import type { StoredWatchRule } from '../store/watch-operations.ts';
import { fileFilter } from '../watches/file-filter.ts';
import type { VerbParts } from './parts.ts';

type WatchVerbs = Pick<EngineApi, 'listWatchRules' | 'addWatchRule' | 'changeWatchRule' | 'removeWatchRule' | 'scanWatchRule'>;
type Parts = Pick<VerbParts, 'store' | 'clock' | 'recipes' | 'events' | 'watches'>;

/** Taken files that are forgotten in a commit: some milliseconds. */
const FORGET_PORTION = 2_000;

export function createWatchVerbs(parts: Parts): WatchVerbs {
  const { store, clock, events, watches } = parts;
  const known = async (id: number): Promise<StoredWatchRule> => {
    const found = (await store.listWatchRules()).find((one) => one.id === id);
    if (found === undefined) throw new TaskError('USAGE', `There is no watched folder ${String(id)}. \`longhaul watch\` lists the ones there are.`);
    return found;
  };
  const changed = async (): Promise<void> => {
    await watches?.changed();
    events.emit({ kind: 'watches' });
  };
  const stored = async (id: number): Promise<{ rule: WatchRule }> => {
    await changed();
    return { rule: shown(await known(id), watches) };
  };
  return {
    listWatchRules: async () => ({ rules: (await store.listWatchRules()).map((rule) => shown(rule, watches)) }),
    addWatchRule: async (input) => {
      const { name, isEnabled, ...body } = METHODS.addWatchRule.input.parse(input);
      const id = await store.addWatchRule({ name, isEnabled, body: checked(body, parts) }, clock.now());
      if (id === null) throw nameTaken(name);
      return await stored(id);
    },
    changeWatchRule: async (input) => {
      const { id, name, isEnabled, ...changes } = METHODS.changeWatchRule.input.parse(input);
      const before = await known(id);
      const body = watchRuleBody.parse({ ...before.body, ...changes });
      // Somebody whose recipe is gone must still be able to disable the rule.
      const draft = { name: name ?? before.name, isEnabled: isEnabled ?? before.isEnabled, body: Object.keys(changes).length === 0 ? body : checked(body, parts) };
      if (!(await store.changeWatchRule(id, draft, clock.now()))) throw nameTaken(draft.name);
      return await stored(id);
    },
    removeWatchRule: async (input) => {
      const { id } = METHODS.removeWatchRule.input.parse(input);
      await known(id);
      await store.removeWatchRule(id);
      await changed();
      while ((await store.forgetTaken(id, FORGET_PORTION)) === FORGET_PORTION);
      return {};
    },
    scanWatchRule: async (input) => {
      const { id, name, isEnabled } = await known(METHODS.scanWatchRule.input.parse(input).id);
      if (!isEnabled) throw new TaskError('USAGE', `${name} is disabled. Enable it first.`);
      if (watches === null) throw new TaskError('NOT_HERE', 'Nobody watches folders at the moment. Start Longhaul, `longhaul serve` or `longhaul run`.');
      watches.scan(id);
      return {};
    },
  };
}

/** What can't be done is refused when the rule is made, not with its first file. A folder that is not there may come. */
function checked(body: WatchRuleBody, { recipes }: Parts): WatchRuleBody {
  const { recipe } = recipes.resolve(body.recipe, body.set);
  if (needs(recipe) === null) throw new TaskError('USAGE', `Recipe ${recipe.name} takes no files. Choose one that does.`);
  const folder = absolute(body.folder);
  const output = body.output.place === 'beside' ? body.output : { ...body.output, path: absolute(body.output.path) };
  const after = body.after.kind === 'move' ? { ...body.after, folder: absolute(body.after.folder) } : body.after;
  if (after.kind === 'move' && after.folder === folder) throw new TaskError('USAGE', 'Sources can\'t be moved to the folder they come from. Choose another one.');
  const complete = { ...body, folder, output, after };
  fileFilter(complete, []);
  return complete;
}

function absolute(path: string): string {
  if (!isAbsolute(path)) throw new TaskError('USAGE', `${path} is not an absolute path.`);
  return resolve(path);
}

function shown({ id, name, isEnabled, groupId, createdAt, updatedAt, body, taken, lastTakenAt, tasks }: StoredWatchRule, watches: Parts['watches']): WatchRule {
  const live = watches?.stateOf(id) ?? null;
  const asleep = { status: isEnabled ? 'asleep' : 'off', by: null, files: null, lastScanAt: null, waiting: 0, passedOver: 0, problem: null } as const;
  const { completed = 0, failed = 0, pending = 0, waiting = 0, running = 0, retrying = 0, paused = 0 } = tasks;
  const state: WatchState = { ...(live ?? asleep), taken, lastTakenAt, completed, failed, open: pending + waiting + running + retrying + paused };
  return { id, name, isEnabled, groupId, createdAt, updatedAt, ...body, state };
}

function nameTaken(name: string): TaskError {
  return new TaskError('USAGE', `There is a watched folder "${name}" already. Choose another name.`);
}
