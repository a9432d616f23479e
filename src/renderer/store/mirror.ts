/** What the engine knows, as this window has heard of it. Nothing here is decided by the window; store/connect.ts fills it. */
import { create } from 'zustand';
import type { EngineStatus, WindowEvent } from '../../shared/contract.ts';
import type { TaskErrorShape } from '../../shared/errors.ts';
import { Forecast } from '../../shared/forecast.ts';
import type { HostInfo, UpdateStatus } from '../../shared/host-contract.ts';
import type { ListedChain, ListedRecipe } from '../../shared/recipe-contract.ts';
import type { Settings } from '../../shared/settings.ts';
import type { TaskSummary } from '../../shared/summary.ts';
import type { TaskId } from '../../shared/task.ts';
import type { Connection } from '../api/transport.ts';
import { Sections } from './sections.ts';

export interface Mirror {
  /** Changed in place. Subscribe to one task with `tasks.get(id)`, to which tasks there are and in which order with `listRevision`. */
  readonly tasks: ReadonlyMap<TaskId, TaskSummary>;
  /** In step with `tasks`, and like it changed in place. */
  readonly sections: Sections;
  /** Counts changes of the list: tasks that came, went, or have another place. */
  readonly listRevision: number;
  /** Counts all changes, progress too. */
  readonly revision: number;
  /** Tasks in all, also those whose page is still on its way. */
  readonly total: number;
  /** Whether the whole list is here. */
  readonly isLoaded: boolean;
  readonly connection: Connection | null;
  readonly status: EngineStatus | null;
  readonly settings: Settings;
  readonly host: HostInfo | null;
  readonly recipes: readonly ListedRecipe[];
  readonly chains: readonly ListedChain[];
  /** Recipe files of the user's that can't be used. */
  readonly refusedRecipes: readonly { readonly file: string; readonly problem: string }[];
  readonly trouble: TaskErrorShape | null;
  readonly update: UpdateStatus | null;
  /** The countdown before the machine sleeps, shuts down or Longhaul quits. endsAt: epoch milliseconds. */
  readonly whenDone: { readonly action: WhenDoneAction; readonly endsAt: number } | null;
  /** Counts what was heard of models: ask for the list again. */
  readonly modelsRevision: number;
  /** The same of watched folders. */
  readonly watchesRevision: number;
}

type WhenDoneAction = NonNullable<Extract<WindowEvent, { kind: 'whenDone' }>['action']>;

/** As in shared/settings.ts, which needs zod; they are shown until the engine's own have come. */
const FIRST_SETTINGS: Settings = {
  'model': 'auto', 'queue.media': '1', 'queue.speech': '1', 'queue.render': '0', 'route.transcribe': 'speech', 'route.video_convert': 'media', 'route.video_preview': 'media', 'route.video_thumbnail': 'media', 'route.image_convert': 'render', 'route.image_thumbnail': 'render', 'route.document_preview': 'render', 'route.model_preview': 'render', 'route.audio_picture': 'media', 'route.media_edit': 'media',
  'route.report': 'maintenance', 'route.maintenance': 'maintenance', 'outputDir': '', 'recipe.video': 'mp4-h264', 'recipe.audio': 'transcript', 'recipe.image': 'image-web', 'recipe.document': 'document-preview', 'recipe.mesh': 'model-still', 'hold': 'none', 'holdOnBattery': 'off',
  'holdBelowFreeMb': '500', 'holdOnHeat': 'on', 'yieldToForeground': 'off', 'processorPercent': '200', 'tempCapMb': '100000', 'keepPartsDays': '30',
  'cleanUp.afterHours': '24', 'history.maxTasks': '100000', 'history.maxMb': '50', 'theme': 'system', 'language': 'system', 'notifications': 'on',
};

export const useMirror = create<Mirror>(() => ({
  tasks: new Map(), sections: new Sections(), listRevision: 0, revision: 0, total: 0, isLoaded: false, connection: null, status: null, settings: FIRST_SETTINGS, host: null,
  recipes: [], chains: [], refusedRecipes: [], trouble: null, update: null, whenDone: null, modelsRevision: 0, watchesRevision: 0,
}));

/** One task, kept current. */
export function useTask(id: TaskId): TaskSummary | undefined {
  return useMirror(({ tasks }) => tasks.get(id));
}

/** How running tasks went since this window looks on: kept for all of them, also those whose rows are not on the screen. */
export const forecast = new Forecast();
