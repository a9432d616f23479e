/**
 * The contract's methods on files that are not tasks yet. Remembering which recipe was used last for a kind of file is the window's part:
 * it calls setSetting `recipe.<kind>` when its user starts work with another recipe. addTasks does not, since the command line adds
 * tasks with it too, and a script's recipe is nobody's habit.
 */
import { homedir } from 'node:os';
import { METHODS, type EngineApi } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import type { Estimate } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
import type { Feed } from '../feed.ts';
import { FileEstimates } from '../intake/file-estimates.ts';
import { fittingAll } from '../intake/fitting-recipes.ts';
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
      const inspection = new Inspection({ paths, homeDir: homedir(), recipesFor: (kind) => fittingAll(recipes, kind, chosen[`recipe.${kind}`]) });
      if (inPieces) return await readings.piece(inspection);
      const { files, leftOut } = await inspection.next();
      return { files, leftOut, next: null };
    },
    estimateFile: async (input) => {
      const wish = METHODS.estimateFile.input.parse(input);
      const steps = recipes.findChain(wish.recipe)?.chain ?? [{ recipe: wish.recipe, set: {} }];
      const wanted = steps.map((step) => recipes.resolve(step.recipe, step.set));
      const path = readPath(wish.path, homedir());
      if (path === undefined) throw new TaskError('USAGE', `${wish.path} is not an absolute path.`);
      try {
        if (tools === null) throw new TaskError('TOOL_MISSING', 'ffprobe was not looked for by this start of Longhaul, which only takes commands. Ask one that works.');
        const all: (Estimate | null)[] = [];
        for (const { recipe, options } of wanted) all.push(await estimates.of({ path, recipe, options, ffprobePath: tools.ffprobePath, pace: await store.pace(recipe.name) }));
        return { estimate: inARow(all), problem: null };
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

/** Of steps that are done one after the other, each as if it worked on the file itself. Null: nothing is known of one of them. */
function inARow(steps: readonly (Estimate | null)[]): Estimate | null {
  const known = steps.filter((step) => step !== null);
  if (known.length < steps.length) return null;
  const most = (of: (step: Estimate) => number): number => Math.max(...known.map(of));
  return { seconds: known.reduce((sum, { seconds }) => sum + seconds, 0), memoryBytes: most((step) => step.memoryBytes), tempBytes: most((step) => step.tempBytes), mediaSeconds: most((step) => step.mediaSeconds) };
}
