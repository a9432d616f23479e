/**
 * What the program around the engine can do for its window, once for every host: the desktop does it with the system, `serve` answers
 * NOT_HERE to what a browser has no part in. `getHost` says beforehand what there is.
 */
import * as z from 'zod';
import { taskId } from './task.ts';

/** A file of a task, named by its place and never by a path: nothing else on the disk can be asked for. */
export const taskFile = z.object({ id: taskId, which: z.enum(['input', 'output']), index: z.int().nonnegative() });
export type TaskFile = z.infer<typeof taskFile>;

const onOff = z.boolean();
const preferenceFields = {
  /** Closing the window leaves the work running in the tray. */
  closeToTray: onOff,
  startAtLogin: onOff,
  /** What the machine does when the queue is done. */
  whenDone: z.enum(['nothing', 'sleep', 'shutdown', 'quit']),
  /** Takes effect at the next start. */
  hardwareAcceleration: onOff,
  /** Address of an update feed; empty: no updates are looked for. */
  updateFeed: z.union([z.literal(''), z.url({ protocol: /^https$/ })]),
};
/** Preferences of the desktop app itself; they are kept with its window, not in the queue. */
export const preferences = z.object({
  closeToTray: preferenceFields.closeToTray.default(true),
  startAtLogin: preferenceFields.startAtLogin.default(false),
  whenDone: preferenceFields.whenDone.default('nothing'),
  hardwareAcceleration: preferenceFields.hardwareAcceleration.default(true),
  updateFeed: preferenceFields.updateFeed.default(''),
});
export type Preferences = z.infer<typeof preferences>;

export const hostInfo = z.object({
  kind: z.enum(['desktop', 'serve']),
  version: z.string(),
  platform: z.enum(['win32', 'darwin', 'linux', 'other']),
  /** Absolute path of the bundled sample. */
  samplePath: z.string(),
  /** What this start found interrupted and took up again. */
  recoveredTasks: z.int().nonnegative(),
  can: z.object({
    /** Show a file in the system's file manager, open it, choose files and folders. */
    useFiles: z.boolean(),
    keepPreferences: z.boolean(),
    update: z.boolean(),
  }),
});
export type HostInfo = z.infer<typeof hostInfo>;

export const updateStatus = z.object({
  state: z.enum(['off', 'checking', 'none', 'downloading', 'ready', 'failed']),
  version: z.string().nullable(),
  /** 0–100 while it downloads. */
  progress: z.number(),
  message: z.string(),
});
export type UpdateStatus = z.infer<typeof updateStatus>;

export const HOST_METHODS = {
  getHost: { input: z.object({}), output: hostInfo },
  /** Asks the user. Empty: nothing was chosen. */
  chooseFiles: { input: z.object({ kind: z.enum(['files', 'folder']) }), output: z.object({ paths: z.array(z.string()) }) },
  revealFile: { input: taskFile, output: z.object({}) },
  openFile: { input: taskFile, output: z.object({}) },
  getPreferences: { input: z.object({}), output: preferences },
  /** Only what is named changes: no defaults here, or every call would reset the rest. */
  setPreferences: { input: z.object(preferenceFields).partial(), output: preferences },
  /** Stops the countdown to sleep, shutdown or quit. */
  cancelWhenDone: { input: z.object({}), output: z.object({}) },
  checkForUpdate: { input: z.object({}), output: updateStatus },
  /** Interrupts the work safely, installs, starts again; the queue goes on by itself. */
  installUpdate: { input: z.object({}), output: z.object({}) },
} as const;
export type HostMethodName = keyof typeof HOST_METHODS;
export type HostApi = { [M in HostMethodName]: (input: z.input<(typeof HOST_METHODS)[M]['input']>) => Promise<z.output<(typeof HOST_METHODS)[M]['output']>> };

export const hostEvent = z.discriminatedUnion('kind', [
  /** Files that the system or a second start handed over: into the intake with them. */
  z.object({ kind: z.literal('openFiles'), paths: z.array(z.string()) }),
  /** A notification or a menu was clicked. */
  z.object({ kind: z.literal('show'), view: z.enum(['queue', 'settings', 'models']), id: taskId.nullable() }),
  /** The queue is done and the machine is about to do something; null: not any more. */
  z.object({ kind: z.literal('whenDone'), action: preferences.shape.whenDone.unwrap().nullable(), inSeconds: z.number() }),
  z.object({ kind: z.literal('update'), update: updateStatus }),
]);
export type HostEvent = z.infer<typeof hostEvent>;
