/** Takes the files that are new in a folder into the queue. */
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { TaskError } from '../../../../shared/errors.ts';
import { newTask } from '../../../../shared/new-task.ts';
import { Inspection } from '../../intake/inspect.ts';
import { fittingRecipes } from '../../intake/fitting-recipes.ts';
import type { SeenFile } from '../../store/watch-operations.ts';
import { newDrafts } from '../../verbs/new-drafts.ts';
import { makeOutputDirs } from '../../verbs/output-dirs.ts';
import { judgeFiles, withoutOwn } from '../../watches/judge.ts';
import type { Upkeep, UpkeepParts, UpkeepRun } from './upkeep.ts';

/** Far more than folders hold; a walk that follows a broken file system must end. */
const FILES_LIMIT = 1_000_000;
/** A file that changed so lately may still be on its way here: it is taken by the next run. */
const SETTLED_MS = 30_000;

/** One task for each file that this schedule has not taken as it is now, all in a group of the schedule's name. */
export const takeNewFiles: Upkeep = async (run, parts) => {
  const { folder, recipe, outputDir } = run.options;
  if (folder === null || recipe === null) throw new TaskError('OPTION_INVALID', 'This schedule names no folder or no recipe. Change it, or remove it.');
  if (run.scheduleId === null) throw new TaskError('OPTION_INVALID', 'A folder is watched by a schedule only: without one nobody knows which of its files are new.');
  const files = await newFilesIn(run, parts, { folder, recipe, scheduleId: run.scheduleId });
  run.signal.throwIfAborted();
  const now = parts.clock.now();
  const wanted = files.map(({ path }) => newTask.parse({ input: path, recipe, outputDir, group: { name: run.name, onFailure: 'goOn' } }));
  const { drafts } = newDrafts(wanted, parts, now);
  await makeOutputDirs(drafts);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const added = await parts.store.takeFiles({
    taker: { kind: 'schedule', id: run.scheduleId }, groupName: run.name, now, hasAfter: false,
    files: drafts.flatMap((draft) => {
      const file = byPath.get(draft.inputs[0] ?? '');
      return file === undefined ? [] : [{ file, draft }];
    }),
  });
  parts.onChanged(added);
  if (added.length === 0) return { message: 'no new files', isQuiet: true };
  const count = added.length.toLocaleString('en');
  return { message: added.length === 1 ? 'added 1 new file' : `added ${count} new files`, isQuiet: false };
};

async function newFilesIn(run: UpkeepRun, { store, clock, recipes }: UpkeepParts, { folder, recipe, scheduleId }: { folder: string; recipe: string; scheduleId: number }): Promise<SeenFile[]> {
  await requireFolder(folder);
  const inspection = new Inspection({ paths: [folder], homeDir: homedir(), recipesFor: (kind) => fittingRecipes(recipes.all, kind, recipe), limit: FILES_LIMIT });
  const found: SeenFile[] = [];
  for (let isDone = false, looked = 0; !isDone; ) {
    run.signal.throwIfAborted();
    const piece = await inspection.next(() => true);
    isDone = piece.isDone;
    looked += piece.files.length;
    run.progress(looked, 0, `looked at ${looked.toLocaleString('en')} files`);
    const fitting = piece.files.filter((file) => file.recipes.includes(recipe));
    const settled = (await Promise.all(fitting.map(({ path }) => asSeen(path, clock.now())))).filter((file) => file !== null);
    const taker = { kind: 'schedule', id: scheduleId } as const;
    found.push(...(await withoutOwn(store, taker, (await judgeFiles(store, taker, settled)).fresh, run.signal)));
  }
  return found;
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true) throw new TaskError('INPUT_MISSING', `The folder ${folder} is not there. Connect its disk, or change the schedule.`);
}

/** Null: it is gone again, or still being written. */
async function asSeen(path: string, now: number): Promise<SeenFile | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  const ageMs = now - found.mtimeMs;
  // A time in the future tells nothing.
  return ageMs >= 0 && ageMs < SETTLED_MS ? null : { path, sizeBytes: found.size, mtimeMs: found.mtimeMs };
}
