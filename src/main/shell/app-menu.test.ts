import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { appMenu } from './app-menu.ts';
import { LANGUAGES } from './texts.ts';

const actions = { addFiles: vi.fn(), show: vi.fn(), setHold: vi.fn(), openDataFolder: vi.fn(), openLogs: vi.fn(), checkForUpdates: vi.fn(), quit: vi.fn() };
const all = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] => items.flatMap((it) => [it, ...(Array.isArray(it.submenu) ? all(it.submenu) : [])]);
const menuOf = (platform: NodeJS.Platform, isPackaged = true, language: keyof typeof LANGUAGES = 'en'): MenuItemConstructorOptions[] => all(appMenu({ texts: LANGUAGES[language], platform, isPackaged }, actions));

describe('the menu', () => {
  it.each(['linux', 'win32', 'darwin'] as const)('of %s has every action once, and no key twice', (platform) => {
    const items = menuOf(platform);
    const ids = items.flatMap(({ id }) => id ?? []);
    expect([...ids].sort()).toEqual(['add-files', 'add-folder', 'models', 'open-data-folder', 'open-logs', 'pause-all', 'queue', 'quit', 'resume-all', 'settings', 'stop-after-current']);
    const keys = items.flatMap(({ accelerator }) => (typeof accelerator === 'string' ? [accelerator] : []));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('does what it says', () => {
    for (const { id, click } of menuOf('linux')) if (id !== undefined && click !== undefined) Reflect.apply(click, undefined, []);
    expect(actions.addFiles.mock.calls).toEqual([['files'], ['folder']]);
    expect(actions.show.mock.calls).toEqual([['settings'], ['queue'], ['models']]);
    expect(actions.setHold.mock.calls).toEqual([['now'], ['afterCurrent'], ['none']]);
    expect(actions.quit).toHaveBeenCalledOnce();
  });

  it('shows the developer\'s entries in a checkout only', () => {
    expect(menuOf('linux', false).some(({ role }) => role === 'toggleDevTools')).toBe(true);
    expect(menuOf('linux', true).some(({ role }) => role === 'toggleDevTools' || role === 'reload')).toBe(false);
  });

  it('is in Chinese too', () => {
    expect(menuOf('darwin', true, 'zh-CN').find(({ id }) => id === 'add-files')?.label).toBe('添加文件…');
  });
});
