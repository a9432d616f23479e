/** All that the window's page gets of the system: one function a method of the contract, events, and the path of a dropped file. */
import { contextBridge, ipcRenderer, webUtils } from 'electron/renderer';
import { CHANNELS, EVENT_CHANNEL } from '../shared/channels.ts';

const call = Object.fromEntries(CHANNELS.map((channel) => [channel, (input: unknown): Promise<unknown> => ipcRenderer.invoke(channel, input)]));

/** Hands over what comes on the one event channel, without the event object that leads to Electron; gives back what ends it. */
function on(listener: (event: unknown) => void): () => void {
  const hear = (_: unknown, event: unknown): void => { listener(event); };
  ipcRenderer.on(EVENT_CHANNEL, hear);
  return () => { ipcRenderer.off(EVENT_CHANNEL, hear); };
}

/** Absolute path; empty for a file that was made in JavaScript. */
const pathForFile = (file: File): string => webUtils.getPathForFile(file);

contextBridge.exposeInMainWorld('longhaul', { call, on, pathForFile });
