/** The tray's menu as a test gets at it: the app makes it anew at every change, and the newest one is remembered. */
import type { ElectronApplication } from '@playwright/test';
import * as z from 'zod';

const labels = z.array(z.object({ id: z.string(), label: z.string(), isEnabled: z.boolean() }));
export type TrayItem = z.infer<typeof labels>[number];

/** Remembers every menu that is made from now on and has the tray's first line. Call it once, right after the start. */
export async function watchTray(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(({ Menu }) => {
    const real = Menu.buildFromTemplate.bind(Menu);
    Menu.buildFromTemplate = (template) => {
      const menu = real(template);
      if (menu.getMenuItemById('status') !== null) Reflect.set(globalThis, 'trayMenu', menu);
      return menu;
    };
  });
}

/** Its entries; empty until a menu was made. */
export async function trayItems(electron: ElectronApplication): Promise<TrayItem[]> {
  return labels.parse(await electron.evaluate(({ Menu }) => {
    const menu: unknown = Reflect.get(globalThis, 'trayMenu');
    return menu instanceof Menu ? menu.items.filter(({ id }) => typeof id === 'string' && id !== '').map(({ id, label, enabled }) => ({ id, label, isEnabled: enabled })) : [];
  }));
}

/** Clicks the entry with this id. After the answer, for one that quits the app. */
export async function clickTray(electron: ElectronApplication, id: string): Promise<void> {
  await electron.evaluate(({ Menu }, wanted) => {
    const menu: unknown = Reflect.get(globalThis, 'trayMenu');
    const item = menu instanceof Menu ? menu.getMenuItemById(wanted) : null;
    if (item === null) throw new Error(`The tray's menu has no ${wanted}.`);
    setTimeout(() => { Reflect.apply(item.click, item, []); }, 50);
  }, id);
}
