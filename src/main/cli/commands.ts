/** Every command, in the order help lists them. */
import type { Command } from './command.ts';
import { ACTIONS } from './commands/act.ts';
import { add } from './commands/add.ts';
import { backups } from './commands/backups.ts';
import { dead } from './commands/dead.ts';
import { doNow } from './commands/do.ts';
import { doctor } from './commands/doctor.ts';
import { groups } from './commands/groups.ts';
import { exportQueue, importQueue } from './commands/transfer.ts';
import { list } from './commands/list.ts';
import { history } from './commands/history.ts';
import { models } from './commands/models.ts';
import { queues } from './commands/queues.ts';
import { recipes } from './commands/recipes.ts';
import { run } from './commands/run.ts';
import { schedules } from './commands/schedules.ts';
import { serve } from './commands/serve.ts';
import { show } from './commands/show.ts';
import { status } from './commands/status.ts';
import { watch } from './commands/watch.ts';

export const COMMANDS: readonly Command[] = [doNow, add, run, serve, status, list, show, ...ACTIONS, dead, groups, queues, schedules, watch, history, backups, exportQueue, importQueue, recipes, models, doctor];
