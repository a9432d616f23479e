/** The names of all methods that a window can call, without their schemas: the preload script needs nothing more. contract.test.ts compares. */
export const CHANNELS = [
  'addTasks', 'pauseTasks', 'resumeTasks', 'cancelTasks', 'retryTasks', 'removeTasks', 'prioritiseTasks', 'moveTasks', 'setSetting', 'saveTranscript',
  'downloadModel', 'cancelModelDownload', 'removeModel',
  'pauseGroup', 'resumeGroup', 'cancelGroup', 'retryGroup', 'prioritiseGroup', 'listGroups', 'getGroup',
  'pauseQueue', 'resumeQueue', 'setQueue', 'setRateLimit', 'listQueues', 'listRateLimits',
  'backupNow', 'exportQueue', 'importQueue', 'listBackups',
  'restoreTasks', 'listDeadLetters', 'replayDeadLetters', 'exportDeadLetters',
  'listTasks', 'getTask', 'getLog', 'getAttempts', 'getSnapshot', 'inspectFiles', 'estimateFile', 'getTranscript', 'exportTranscript', 'listModels',
  'listRecipes', 'copyRecipe', 'changeRecipe', 'removeRecipe', 'importRecipe', 'exportRecipe', 'getCommands', 'getRecipeOptions', 'getStatus', 'getSettings',
  'listSchedules', 'addSchedule', 'changeSchedule', 'removeSchedule', 'runScheduleNow', 'listHistory',
  'addWatchRule', 'changeWatchRule', 'removeWatchRule', 'scanWatchRule', 'listWatchRules',
  'getHost', 'chooseFiles', 'revealFile', 'openFile', 'getPreferences', 'setPreferences', 'cancelWhenDone', 'checkForUpdate', 'installUpdate',
] as const;
export type Channel = (typeof CHANNELS)[number];

/** The one channel on which events come. */
export const EVENT_CHANNEL = 'event';
