/** What `add` and `do` have in common: from their options to new tasks. */
import { resolve } from 'node:path';
import type { NewTask } from '../../../shared/contract.ts';
import type { OptionTable } from '../arguments.ts';
import type { Call } from '../command.ts';
import { resolveFiles } from '../input-files.ts';
import { parseTime } from '../time.ts';
import { parseIds, parsePriority, parseSettings, usage } from '../values.ts';

export const ADDING_OPTIONS: OptionTable = {
  recipe: { value: 'NAME', isRepeatable: true, help: 'what to make of each file; `longhaul recipes` lists them' },
  set: { value: 'KEY=VALUE', isRepeatable: true, help: "change one of the recipe's options" },
  out: { value: 'DIR', help: 'folder for the results; without it they go to the folder of the settings, or beside the file' },
  priority: { value: 'P', help: '0 to 10, or critical, high, normal, low' },
  after: { value: 'ID,…', isRepeatable: true, help: 'start when these tasks are completed' },
  at: { value: 'TIME', help: 'start at 2026-12-24T18:00, 18:00, +30m or +2h' },
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
  };
  const files = await resolveFiles(positionals, host.workingDir);
  return files.flatMap((input) => recipes.map((recipe) => ({ ...common, input, recipe })));
}
