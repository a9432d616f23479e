/**
 * What nobody caught, and the log. Imported first: its handlers stand before anything else of main runs, since Electron would hang
 * on an error in a promise, and show a bare stack for any other.
 */
import { app, dialog } from 'electron/main';
import log from 'electron-log/main';
import { join } from 'node:path';
import { decideOnFault } from './fault-policy.ts';

/** A log of this size becomes main.old.log, which takes the place of the one before. */
const LOG_BYTES = 5 * 1024 * 1024;
/** For whoever started the app: not an exit by wish, and not one of Node's own codes. */
const FAULT_EXIT_CODE = 7;

const startedAt = performance.now();
let hasStarted = false;
let isEnding = false;

log.transports.file.resolvePathFn = () => join(app.getPath('userData'), 'logs', 'main.log');
log.transports.file.maxSize = LOG_BYTES;
log.transports.file.level = 'info';
// A terminal that is gone must not take the app with it.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
// The engine and its workers write to the console.
Object.assign(console, log.functions);

process.on('uncaughtException', (fault) => { meet(fault, 'exception'); });
process.on('unhandledRejection', (fault) => { meet(fault, 'rejection'); });

/** The window's page is there: from now on a promise that fails unheard is no reason to end. */
export function declareStarted(): void {
  hasStarted = true;
}

/** Starts the app again when this process ends. An AppImage's own path is gone by then. */
export function startAgain(): void {
  const appImage = process.env['APPIMAGE'];
  app.relaunch(appImage === undefined ? {} : { execPath: appImage });
}

function meet(fault: unknown, kind: 'exception' | 'rejection'): void {
  const decision = decideOnFault({ kind, hasStarted, upMs: performance.now() - startedAt });
  log.error(`unforeseen (${kind}, ${decision}):`, fault);
  if (decision === 'log' || isEnding) return;
  isEnding = true;
  // All accepted work is in the store already: ending here costs what a crash costs, the part in work.
  if (decision === 'restart') startAgain();
  else showFault(fault);
  app.exit(FAULT_EXIT_CODE);
}

/** On Linux before the app is ready this goes to standard error, which is all there is by then. */
function showFault(fault: unknown): void {
  const what = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  dialog.showErrorBox('Longhaul could not start', `${what}\n\nYour queue is safe. The log is in ${log.transports.file.getFile().path}.`);
}
