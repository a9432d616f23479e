/** Schedules and the history as their users see them. */
import { isAbsolute, relative, resolve } from 'node:path';
import { METHODS, type EngineApi } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { maintenanceOptions, type MaintenanceOptions } from '../../../shared/options.ts';
import type { Schedule } from '../../../shared/schedule-contract.ts';
import { needs } from '../intake/fitting-recipes.ts';
import { Schedules } from '../schedules/schedules.ts';
import { machineZone, requireTiming } from '../schedules/timing.ts';
import type { ScheduleDraft } from '../store/schedule-operations.ts';
import type { VerbParts } from './parts.ts';

type ScheduleVerbs = Pick<EngineApi, 'listSchedules' | 'addSchedule' | 'changeSchedule' | 'removeSchedule' | 'runScheduleNow' | 'listHistory'>;
type Parts = Pick<VerbParts, 'store' | 'clock' | 'recipes' | 'settings' | 'changes' | 'onWork' | 'schedules'>;

export function createScheduleVerbs(parts: Parts): ScheduleVerbs {
  const { store, clock } = parts;
  // An engine that only takes commands fires nothing, and has to know the times all the same.
  const schedules = parts.schedules ?? new Schedules({ store, clock, localZone: machineZone, onFired: (id) => parts.changes.note([id]), onFault: (line) => console.error(line) });
  const known = async (id: number): Promise<Schedule> => {
    const found = (await store.listSchedules()).find((one) => one.id === id);
    if (found === undefined) throw new TaskError('SCHEDULE_UNKNOWN', `There is no schedule ${id}. \`longhaul schedules\` lists the ones there are.`);
    return found;
  };
  const stored = async (id: number): Promise<{ schedule: Schedule }> => {
    await parts.schedules?.changed();
    return { schedule: await known(id) };
  };
  return {
    listSchedules: async () => ({ schedules: await store.listSchedules() }),
    addSchedule: async (input) => {
      const { name, timing, missed, isEnabled, folder, recipe, outputDir } = METHODS.addSchedule.input.parse(input);
      const now = clock.now();
      requireTiming(timing, now, machineZone());
      const action = folderAction({ folder, recipe, outputDir }, parts);
      const id = await store.addSchedule({ name, isBuiltIn: false, isEnabled, timing, action, missed, nextFor: schedules.nextOf({ timing, isEnabled }, now) }, now);
      if (id === null) throw nameTaken(name);
      return await stored(id);
    },
    changeSchedule: async (input) => {
      const { id, ...changes } = METHODS.changeSchedule.input.parse(input);
      const before = await known(id);
      const draft = changedDraft(before, changes, parts);
      requireTiming(draft.timing, clock.now(), machineZone());
      const isChanged = await store.changeSchedule(id, { ...draft, nextFor: schedules.nextOf(draft, before.createdAt) }, clock.now());
      if (!isChanged) throw nameTaken(draft.name);
      return await stored(id);
    },
    removeSchedule: async (input) => {
      const { id } = METHODS.removeSchedule.input.parse(input);
      const { isBuiltIn, name } = await known(id);
      if (isBuiltIn) throw new TaskError('USAGE', `${name} is one of Longhaul's own and can't be removed. Disable it instead.`);
      await store.removeSchedule(id);
      await parts.schedules?.changed();
      return {};
    },
    runScheduleNow: async (input) => {
      const { taskId, isNew } = await schedules.runNow(await known(METHODS.runScheduleNow.input.parse(input).id));
      if (taskId === null) throw new TaskError('SCHEDULE_UNKNOWN', 'This schedule was changed in this moment. Try again.', { retryable: true });
      parts.onWork();
      return { taskId, isNew };
    },
    listHistory: async (input) => {
      const { before, limit } = METHODS.listHistory.input.parse(input);
      const rows = await store.listHistory(before, limit + 1);
      const tasks = rows.slice(0, limit);
      return { tasks, next: rows.length > limit ? (tasks.at(-1)?.id ?? null) : null };
    },
  };
}

type Changes = Partial<Pick<Schedule, 'name' | 'timing' | 'missed' | 'isEnabled'>> & Partial<Pick<MaintenanceOptions, 'folder' | 'recipe' | 'outputDir'>>;

function changedDraft(before: Schedule, changes: { readonly [K in keyof Changes]?: Changes[K] | undefined }, parts: Parts): Omit<ScheduleDraft, 'nextFor'> {
  const { name = before.name, timing = before.timing, missed = before.missed, isEnabled = before.isEnabled, folder, recipe, outputDir } = changes;
  const changesAction = folder !== undefined || recipe !== undefined || outputDir !== undefined;
  if (before.isBuiltIn && (changesAction || name !== before.name)) throw new TaskError('USAGE', `${before.name} is one of Longhaul's own: only its times can be changed, and whether it is enabled.`);
  const action = changesAction ? folderAction({ folder: folder ?? before.action.folder ?? '', recipe: recipe ?? before.action.recipe ?? '', outputDir: outputDir === undefined ? before.action.outputDir : outputDir }, parts) : before.action;
  return { name, isBuiltIn: before.isBuiltIn, isEnabled, timing, action, missed };
}

/** Results must not lie in the folder: the next run would take them for new files. */
function folderAction({ folder, recipe: recipeName, outputDir }: { folder: string; recipe: string; outputDir: string | null }, { recipes, settings }: Parts): MaintenanceOptions {
  const recipe = recipes.get(recipeName);
  if (needs(recipe) === null) throw new TaskError('USAGE', `Recipe ${recipe.name} takes no files. Choose one that does.`);
  for (const path of [folder, outputDir]) if (path !== null && !isAbsolute(path)) throw new TaskError('USAGE', `${path} is not an absolute path.`);
  const place = outputDir ?? (settings().outputDir || null);
  if (place === null || isWithin(place, folder)) {
    throw new TaskError('USAGE', `Say where the results go, outside of ${folder}: in it the next run would take them for new files.`);
  }
  // Kept with the schedule: a setting that changes later must not lead the results into the folder.
  return maintenanceOptions.parse({ action: 'folder', folder: resolve(folder), recipe: recipe.name, outputDir: resolve(place) });
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

function nameTaken(name: string): TaskError {
  return new TaskError('USAGE', `There is a schedule "${name}" already. Choose another name.`);
}
