/** Whether something on this desktop shows a tray. Electron takes a tray icon even where nobody will ever see it. */
import { askProgram } from './program.ts';

/** The name that whoever draws tray icons owns on the session's bus (https://specifications.freedesktop.org/status-notifier-item). */
const WATCHER = 'org.kde.StatusNotifierWatcher';
const QUESTIONS: readonly (readonly [string, readonly string[]])[] = [
  ['busctl', ['--user', 'call', 'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner', 's', WATCHER]],
  ['gdbus', ['call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus', '--method', 'org.freedesktop.DBus.NameHasOwner', WATCHER]],
  ['dbus-send', ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus.NameHasOwner', `string:${WATCHER}`]],
];

/** Windows and macOS always have one. On Linux the desktop is asked by whichever of its programs is there; no answer is a no. */
export async function hasTrayHost(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  if (platform !== 'linux') return true;
  // Without it these programs would start a bus of their own.
  if ((env['DBUS_SESSION_BUS_ADDRESS'] ?? '') === '' && (env['XDG_RUNTIME_DIR'] ?? '') === '') return false;
  for (const [program, args] of QUESTIONS) {
    const answer = await askProgram(program, args);
    if (answer !== null) return /\btrue\b/.test(answer);
  }
  return false;
}
