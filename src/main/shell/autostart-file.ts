/** Start at login on Linux: a file in the autostart folder (https://specifications.freedesktop.org/autostart-spec, desktop-entry-spec). */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

const FILE_NAME = 'longhaul.desktop';

/** Its text. command: the program and its arguments. */
export function autostartText(command: readonly string[]): string {
  return ['[Desktop Entry]', 'Type=Application', 'Name=Longhaul', `Exec=${command.map(quoted).join(' ')}`, 'Icon=longhaul', 'Terminal=false', 'X-GNOME-Autostart-enabled=true', ''].join('\n');
}

/** Where it belongs. */
export function autostartPath(env: Readonly<Record<string, string | undefined>>, homeDir: string): string {
  const configHome = env['XDG_CONFIG_HOME'];
  return join(configHome !== undefined && isAbsolute(configHome) ? configHome : join(homeDir, '.config'), 'autostart', FILE_NAME);
}

/** Writes it, or takes it away; null stands for away. */
export async function setAutostart(path: string, command: readonly string[] | null): Promise<void> {
  if (command === null) return rm(path, { force: true });
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, autostartText(command));
}

/**
 * An argument of Exec: in double quotes with ", `, $ and \ escaped; then, as for every string of the file, each backslash doubled;
 * and % doubled, which would name a field.
 */
function quoted(argument: string): string {
  const inQuotes = argument.replace(/["`$\\]/g, '\\$&');
  return `"${inQuotes}"`.replaceAll('\\', '\\\\').replaceAll('%', '%%');
}
