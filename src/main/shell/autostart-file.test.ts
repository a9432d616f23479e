import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { autostartPath, autostartText, setAutostart } from './autostart-file.ts';

const execOf = (text: string): string => /^Exec=(.*)$/m.exec(text)?.[1] ?? '';

describe('start at login on Linux', () => {
  it('is a file in the autostart folder, wherever that is', () => {
    expect(autostartPath({}, '/home/ann')).toBe('/home/ann/.config/autostart/longhaul.desktop');
    expect(autostartPath({ XDG_CONFIG_HOME: '/etc/ann' }, '/home/ann')).toBe('/etc/ann/autostart/longhaul.desktop');
    expect(autostartPath({ XDG_CONFIG_HOME: 'relative' }, '/home/ann')).toBe('/home/ann/.config/autostart/longhaul.desktop');
  });

  it('starts without a window, from a path with anything in it', () => {
    expect(execOf(autostartText(['/opt/My "Apps"/100%/$HOME\\longhaul', '--hidden']))).toBe('"/opt/My \\\\"Apps\\\\"/100%%/\\\\$HOME\\\\\\\\longhaul" "--hidden"');
    expect(autostartText(['/opt/longhaul'])).toMatch(/^\[Desktop Entry\]\nType=Application\n/);
  });

  it('is written and taken away, both also a second time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'longhaul-autostart-'));
    const path = join(folder, 'autostart', 'longhaul.desktop');
    for (const command of [['/opt/a'], ['/opt/b', '--hidden']]) await setAutostart(path, command);
    expect(execOf(await readFile(path, 'utf8'))).toBe('"/opt/b" "--hidden"');
    for (const command of [null, null]) await setAutostart(path, command);
    await expect(stat(path)).rejects.toThrow('ENOENT');
    await rm(folder, { recursive: true, force: true });
  });
});
