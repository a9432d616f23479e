/** Makes tasks of files that are complete and new. */
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { newTask } from '../../../shared/new-task.ts';
import type { WatchOutput } from '../../../shared/watch-contract.ts';
import { fittingRecipes } from '../intake/fitting-recipes.ts';
import { Inspection } from '../intake/inspect.ts';
import type { SeenFile, StoredWatchRule } from '../store/watch-operations.ts';
import { newDrafts } from '../verbs/new-drafts.ts';
import { makeOutputDirs } from '../verbs/output-dirs.ts';
import type { WatchParts } from './parts.ts';

/** Tasks of a commit: its thread and this one are busy for a few milliseconds, and a kill costs nothing but another look. */
export const TAKE_PORTION = 100;

type Rule = Pick<StoredWatchRule, 'id' | 'name' | 'body'>;

/** Files that the rule's recipe can do something with, by their first bytes; and the others. */
export async function fitting({ body: { recipe } }: Rule, { recipes }: WatchParts, files: readonly SeenFile[]): Promise<{ fit: SeenFile[]; unfit: SeenFile[] }> {
  if (files.length === 0) return { fit: [], unfit: [] };
  const inspection = new Inspection({ paths: files.map(({ path }) => path), homeDir: homedir(), recipesFor: (kind) => fittingRecipes(recipes.all, kind, recipe), limit: files.length });
  const fits = new Set((await inspection.next()).files.filter((file) => file.recipes.includes(recipe)).map(({ path }) => path));
  return { fit: files.filter(({ path }) => fits.has(path)), unfit: files.filter(({ path }) => !fits.has(path)) };
}

/** Stores a task for each file, with the note that it was taken, in one commit. Throws where the recipe or its options are none any more. */
export async function take({ id, name, body }: Rule, parts: WatchParts, files: readonly SeenFile[]): Promise<void> {
  if (files.length === 0) return;
  const now = parts.clock.now();
  const groupName = body.group ?? name;
  const group = { name: groupName, onFailure: 'goOn' } as const;
  // All but the file is the same, and checking it a thousand times would only hold this thread.
  const same = newTask.parse({ recipe: body.recipe, set: body.set, priority: body.priority, group });
  const wanted = files.map(({ path }) => ({ ...same, input: path, outputDir: outputDirOf(body, path) }));
  const { drafts } = newDrafts(wanted, parts, now);
  await makeOutputDirs(drafts);
  // The store packs them in this thread: what came meanwhile goes first.
  await setImmediate();
  const byPath = new Map(files.map((file) => [file.path, file]));
  const added = await parts.store.takeFiles({
    taker: { kind: 'rule', id }, groupName, now, hasAfter: body.after.kind !== 'leave',
    files: drafts.flatMap((draft) => {
      const file = byPath.get(draft.inputs[0] ?? '');
      return file === undefined ? [] : [{ file, draft }];
    }),
  });
  parts.onChanged(added);
}

/** Said out loud for each task: what the settings name as the folder for results is not what the rule says. */
export function outputDirOf({ folder, output }: { readonly folder: string; readonly output: WatchOutput }, path: string): string {
  switch (output.place) {
    case 'beside':
      return dirname(path);
    case 'folder':
      return output.path;
    case 'mirror':
      return join(output.path, relative(folder, dirname(path)));
  }
}
