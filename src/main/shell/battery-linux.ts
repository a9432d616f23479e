/** The kernel's view of power supplies (https://docs.kernel.org/admin-guide/abi-testing.html, sysfs-class-power). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** True: a battery of the machine is drained and no mains supply is connected. Machines without one never are. */
export async function isOnBattery(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const supplies = await Promise.all(names.map((name) => readSupply(join(folder, name))));
  const isConnected = supplies.some(({ type, online }) => type !== 'Battery' && online === '1');
  return !isConnected && supplies.some(({ type, scope, status }) => type === 'Battery' && scope !== 'Device' && status === 'Discharging');
}

interface Supply {
  /** Battery, Mains, USB, UPS, Wireless. */
  readonly type: string;
  /** Device: the battery of a mouse or a keyboard. */
  readonly scope: string;
  readonly status: string;
  readonly online: string;
}

async function readSupply(folder: string): Promise<Supply> {
  const read = async (name: string): Promise<string> => (await readFile(join(folder, name), 'utf8').catch(() => '')).trim();
  const [type, scope, status, online] = await Promise.all([read('type'), read('scope'), read('status'), read('online')]);
  return { type, scope, status, online };
}
