/** Every command, in the order help lists them. */
import type { Command } from './command.ts';
import { ACTIONS } from './commands/act.ts';
import { add } from './commands/add.ts';
import { doNow } from './commands/do.ts';
import { doctor } from './commands/doctor.ts';
import { list } from './commands/list.ts';
import { models } from './commands/models.ts';
import { recipes } from './commands/recipes.ts';
import { run } from './commands/run.ts';
import { serve } from './commands/serve.ts';
import { show } from './commands/show.ts';

export const COMMANDS: readonly Command[] = [doNow, add, run, serve, list, show, ...ACTIONS, recipes, models, doctor];
