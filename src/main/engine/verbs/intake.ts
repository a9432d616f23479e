/**
 * The contract's methods on files that are not tasks yet. Remembering which recipe was used last for a kind of file is the window's part:
 * it calls setSetting `recipe.<kind>` when its user starts work with another recipe. addTasks does not, since the command line adds
 * tasks with it too, and a script's recipe is nobody's habit.
 */
import { homedir } from 'node:os';
import { METHODS, type EngineApi } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import type { Feed } from '../feed.ts';
import { FileEstimates } from '../intake/file-estimates.ts';
import { fittingRecipes } from '../intake/fitting-recipes.ts';
import { Inspection } from '../intake/inspect.ts';
import { readPath } from '../intake/pasted-path.ts';
import { Readings } from '../intake/readings.ts';
import type { Store } from '../store/store.ts';
import type { VerbParts } from './parts.ts';

type IntakeParts = Pick<VerbParts, 'recipes' | 'settings' | 'tools'> & { readonly store: Pick<Store, 'pace'>; readonly clock: Pick<Clock, 'monotonicMs'>; readonly feed: Pick<Feed, 'epoch'> };
type IntakeVerbs = Pick<EngineApi, 'inspectFiles' | 'estimateFile'>;

/** close ends what is being probed and forgets what is half read. */
export function createIntakeVerbs({ recipes, settings, tools, store, clock, feed }: IntakeParts): { verbs: IntakeVerbs; close: () => void } {
  const estimates = new FileEstimates();
  const readings = new Readings(feed.epoch, clock);
  const verbs: IntakeVerbs = {
    inspectFiles: async (input) => {
      const { paths, inPieces, next } = METHODS.inspectFiles.input.parse(input);
      if (next !== null) return await readings.pieceAfter(next);
      const chosen = settings();
      const inspection = new Inspection({ paths, homeDir: homedir(), recipesFor: (kind) => fittingRecipes(recipes.all, kind, chosen[`recipe.${kind}`]) });
      if (inPieces) return await readings.piece(inspection);
      const { files, leftOut } = await inspection.next();
      return { files, leftOut, next: null };
    },
    estimateFile: async (input) => {
      const wish = METHODS.estimateFile.input.parse(input);
      const { recipe, options } = recipes.resolve(wish.recipe, {});
      const path = readPath(wish.path, homedir());
      if (path === undefined) throw new TaskError('USAGE', `${wish.path} is not an absolute path.`);
      try {
        if (tools === null) throw new TaskError('TOOL_MISSING', 'ffprobe was not looked for by this start of Longhaul, which only takes commands. Ask one that works.');
        return { estimate: await estimates.of({ path, recipe, options, ffprobePath: tools.ffprobePath, pace: await store.pace(recipe.name) }), problem: null };
      } catch (error) {
        return { estimate: null, problem: TaskError.from(error).toShape() };
      }
    },
  };
  const close = (): void => {
    estimates.close();
    readings.close();
  };
  return { verbs, close };
}
