import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isOnBattery } from './battery-linux.ts';

const folders: string[] = [];
afterAll(async () => { for (const folder of folders) await rm(folder, { recursive: true, force: true }); });

async function machine(supplies: Record<string, Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'longhaul-power-'));
  folders.push(folder);
  for (const [name, files] of Object.entries(supplies)) {
    await mkdir(join(folder, name));
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), `${text}\n`);
  }
  return folder;
}

const LAPTOP = { BAT0: { type: 'Battery', status: 'Discharging' }, AC: { type: 'Mains', online: '0' } };

describe('a Linux machine', () => {
  it('with its plug pulled runs on battery', async () => {
    expect(await isOnBattery(await machine(LAPTOP))).toBe(true);
  });

  it('on mains or on a USB charger does not, even while the battery drains for a moment', async () => {
    expect(await isOnBattery(await machine({ ...LAPTOP, AC: { type: 'Mains', online: '1' } }))).toBe(false);
    expect(await isOnBattery(await machine({ ...LAPTOP, 'ucsi-source-psy': { type: 'USB', online: '1' } }))).toBe(false);
    expect(await isOnBattery(await machine({ ...LAPTOP, BAT0: { type: 'Battery', status: 'Charging' } }))).toBe(false);
  });

  it('without a battery does not, whatever its mouse says', async () => {
    expect(await isOnBattery(await machine({}))).toBe(false);
    expect(await isOnBattery(await machine({ hid: { type: 'Battery', scope: 'Device', status: 'Discharging' } }))).toBe(false);
    expect(await isOnBattery('/no/such/folder')).toBe(false);
  });
});
