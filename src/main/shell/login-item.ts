/** Start at login, without a window. */
import { app } from 'electron/main';
import { homedir } from 'node:os';
import { autostartPath, setAutostart } from './autostart-file.ts';
import { HIDDEN_SWITCH } from './open-argv.ts';

/** Follows the preference. Rejects where the system refuses. */
export async function setLoginItem(isOn: boolean): Promise<void> {
  if (process.platform === 'linux') await setAutostart(autostartPath(process.env, homedir()), isOn ? linuxCommand() : null);
  // macOS passes no arguments; there the app asks whether it was opened at login.
  else app.setLoginItemSettings(process.platform === 'win32' ? { openAtLogin: isOn, args: [HIDDEN_SWITCH] } : { openAtLogin: isOn });
}

/** Whether this start was the system's, so that no window belongs in front of its user. */
export function isHiddenStart(): boolean {
  if (process.argv.includes(HIDDEN_SWITCH)) return true;
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}

/** The AppImage's own path: what it is mounted at changes. A checkout's app folder follows its Electron. */
function linuxCommand(): string[] {
  const program = process.env['APPIMAGE'] ?? process.execPath;
  return [program, ...(app.isPackaged ? [] : [app.getAppPath()]), HIDDEN_SWITCH];
}
