/** Files that were worked on, in the system's list of recent documents (Windows and macOS have one). */
import { app } from 'electron/main';
import type { EngineApi } from '../../shared/contract.ts';

/** Systems show about ten. */
const SHOWN = 10;

/** The same API, remembering what was added. */
export function rememberingRecent(api: EngineApi): EngineApi {
  return {
    ...api,
    addTasks: async (input) => {
      const added = await api.addTasks(input);
      for (const path of new Set(input.tasks.flatMap((task) => task.input ?? []).slice(0, SHOWN))) app.addRecentDocument(path);
      return added;
    },
  };
}
