/** The one way by which this window talks to the engine. */
import type { Channel } from '../../shared/channels.ts';
import { ApiError } from './api-error.ts';
import { createIpcTransport } from './ipc-transport.ts';
import { createSocketTransport } from './socket-transport.ts';
import type { Input, Output, Transport, WindowApi } from './transport.ts';

const transport: Transport = window.longhaul === undefined ? createSocketTransport(window.location) : createIpcTransport(window.longhaul);

async function ask<M extends Channel>(method: M, input: Input<M>): Promise<Output<M>> {
  const envelope = await transport.call(method, input);
  if (envelope.ok) return envelope.value;
  throw new ApiError(envelope.error);
}

/** Every method of the contract; what goes wrong is thrown as an ApiError. */
export const api: WindowApi & Omit<Transport, 'call'> = {
  onEvent: transport.onEvent,
  onConnection: transport.onConnection,
  pathsOf: transport.pathsOf,
  fileUrl: transport.fileUrl,
  addTasks: (input) => ask('addTasks', input),
  pauseTasks: (input) => ask('pauseTasks', input),
  resumeTasks: (input) => ask('resumeTasks', input),
  cancelTasks: (input) => ask('cancelTasks', input),
  retryTasks: (input) => ask('retryTasks', input),
  removeTasks: (input) => ask('removeTasks', input),
  prioritiseTasks: (input) => ask('prioritiseTasks', input),
  moveTasks: (input) => ask('moveTasks', input),
  setSetting: (input) => ask('setSetting', input),
  pauseGroup: (input) => ask('pauseGroup', input),
  resumeGroup: (input) => ask('resumeGroup', input),
  cancelGroup: (input) => ask('cancelGroup', input),
  retryGroup: (input) => ask('retryGroup', input),
  prioritiseGroup: (input) => ask('prioritiseGroup', input),
  listGroups: (input) => ask('listGroups', input),
  getGroup: (input) => ask('getGroup', input),
  saveTranscript: (input) => ask('saveTranscript', input),
  downloadModel: (input) => ask('downloadModel', input),
  cancelModelDownload: (input) => ask('cancelModelDownload', input),
  removeModel: (input) => ask('removeModel', input),
  pauseQueue: (input) => ask('pauseQueue', input),
  resumeQueue: (input) => ask('resumeQueue', input),
  setQueue: (input) => ask('setQueue', input),
  setRateLimit: (input) => ask('setRateLimit', input),
  listQueues: (input) => ask('listQueues', input),
  listRateLimits: (input) => ask('listRateLimits', input),
  backupNow: (input) => ask('backupNow', input),
  exportQueue: (input) => ask('exportQueue', input),
  importQueue: (input) => ask('importQueue', input),
  listBackups: (input) => ask('listBackups', input),
  restoreTasks: (input) => ask('restoreTasks', input),
  listDeadLetters: (input) => ask('listDeadLetters', input),
  replayDeadLetters: (input) => ask('replayDeadLetters', input),
  exportDeadLetters: (input) => ask('exportDeadLetters', input),
  listTasks: (input) => ask('listTasks', input),
  getTask: (input) => ask('getTask', input),
  getLog: (input) => ask('getLog', input),
  getAttempts: (input) => ask('getAttempts', input),
  getSnapshot: (input) => ask('getSnapshot', input),
  inspectFiles: (input) => ask('inspectFiles', input),
  estimateFile: (input) => ask('estimateFile', input),
  getTranscript: (input) => ask('getTranscript', input),
  exportTranscript: (input) => ask('exportTranscript', input),
  listModels: (input) => ask('listModels', input),
  listRecipes: (input) => ask('listRecipes', input),
  copyRecipe: (input) => ask('copyRecipe', input),
  changeRecipe: (input) => ask('changeRecipe', input),
  removeRecipe: (input) => ask('removeRecipe', input),
  importRecipe: (input) => ask('importRecipe', input),
  exportRecipe: (input) => ask('exportRecipe', input),
  getCommands: (input) => ask('getCommands', input),
  getRecipeOptions: (input) => ask('getRecipeOptions', input),
  getStatus: (input) => ask('getStatus', input),
  getSettings: (input) => ask('getSettings', input),
  listSchedules: (input) => ask('listSchedules', input),
  addSchedule: (input) => ask('addSchedule', input),
  changeSchedule: (input) => ask('changeSchedule', input),
  removeSchedule: (input) => ask('removeSchedule', input),
  runScheduleNow: (input) => ask('runScheduleNow', input),
  listHistory: (input) => ask('listHistory', input),
  addWatchRule: (input) => ask('addWatchRule', input),
  changeWatchRule: (input) => ask('changeWatchRule', input),
  removeWatchRule: (input) => ask('removeWatchRule', input),
  scanWatchRule: (input) => ask('scanWatchRule', input),
  listWatchRules: (input) => ask('listWatchRules', input),
  getHost: (input) => ask('getHost', input),
  chooseFiles: (input) => ask('chooseFiles', input),
  revealFile: (input) => ask('revealFile', input),
  openFile: (input) => ask('openFile', input),
  getPreferences: (input) => ask('getPreferences', input),
  setPreferences: (input) => ask('setPreferences', input),
  cancelWhenDone: (input) => ask('cancelWhenDone', input),
  checkForUpdate: (input) => ask('checkForUpdate', input),
  installUpdate: (input) => ask('installUpdate', input),
};

export { ApiError } from './api-error.ts';
