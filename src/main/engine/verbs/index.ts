/** The engine's commands and queries: every method of the contract, put together from a file per concern. */
import type { EngineApi } from '../../../shared/contract.ts';
import { createBackupVerbs } from './backups.ts';
import { createDeadLetterVerbs } from './dead-letters.ts';
import { createGroupVerbs } from './groups.ts';
import { createIntakeVerbs } from './intake.ts';
import { createModelVerbs } from './models.ts';
import type { VerbParts } from './parts.ts';
import { createQueryVerbs } from './queries.ts';
import { createQueueVerbs } from './queues.ts';
import { createRecipeVerbs } from './recipes.ts';
import { createScheduleVerbs } from './schedules.ts';
import { createSettingVerbs } from './settings.ts';
import { createTaskVerbs } from './tasks.ts';
import { createTranscriptVerbs } from './transcripts.ts';
import { createWatchVerbs } from './watches.ts';

/** All of them, for one engine. close ends what they do in the background: probes, downloads. */
export function createVerbs(parts: VerbParts): { api: EngineApi; close: () => Promise<void> } {
  const intake = createIntakeVerbs(parts);
  const models = createModelVerbs(parts);
  return {
    api: { ...createTaskVerbs(parts), ...createGroupVerbs(parts), ...createQueryVerbs(parts), ...createQueueVerbs(parts), ...createRecipeVerbs(parts), ...createSettingVerbs(parts), ...createScheduleVerbs(parts), ...createWatchVerbs(parts), ...createTranscriptVerbs(parts), ...createDeadLetterVerbs(parts), ...createBackupVerbs(parts), ...intake.verbs, ...models.verbs },
    close: async () => {
      intake.close();
      await models.close();
    },
  };
}
