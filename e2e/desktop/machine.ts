/** What the desktop tests run on: an Electron, the app built for it, and a screen. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { openDesktop, type Desktop } from '../support/desktop-bus/desktop.ts';
import { openScreen } from '../support/screen.ts';

const execute = promisify(execFile);

/** The checkout. */
export const rootDir = join(import.meta.dirname, '../..');

const electron = z.object({ electronPath: z.string(), electronVersion: z.string(), isTarget: z.boolean() });
export type FoundElectron = z.infer<typeof electron>;

export interface Machine extends FoundElectron {
  /** The folder that Electron is started with. */
  readonly appDir: string;
  /** The build it runs: main/, preload/, renderer/. */
  readonly builtDir: string;
  /** In addition to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What the app talks to on Linux; null elsewhere, where nobody can look into it. */
  readonly desktop: Desktop | null;
  close(): Promise<void>;
}

/** Plain JavaScript, which the types don't reach. */
const setup = z.object({ ensureElectron: z.custom<(progress: (text: string) => void) => Promise<unknown>>((value) => typeof value === 'function') });

/** As the set-up finds or makes it. Prints which one it is. */
export async function findElectron(): Promise<FoundElectron> {
  const { ensureElectron } = setup.parse(await import(pathToFileURL(join(rootDir, 'scripts', 'setup', 'electron.mjs')).href));
  const found = electron.parse(await ensureElectron(() => undefined));
  console.log(`Electron ${found.electronVersion}${found.isTarget ? '' : ', with the compat build'}: ${found.electronPath}`);
  return found;
}

/** What the compat build asks of its surroundings (compat/node24-thread.ts). */
export const compatEnv: Readonly<Record<string, string>> = {
  LONGHAUL_E2E_NODE: process.execPath,
  LONGHAUL_E2E_RELAY: join(import.meta.dirname, 'compat', 'node24-relay.mjs'),
  LONGHAUL_E2E_PRODUCT: join(rootDir, 'out', 'main'),
};

/** Builds today's source for the Electron that is there. */
export async function prepareMachine(): Promise<Machine> {
  const found = await findElectron();
  await execute(process.execPath, [join(rootDir, 'scripts', 'build.mjs'), ...(found.isTarget ? [] : ['node'])], { cwd: rootDir });
  if (!found.isTarget) await execute(process.execPath, [join(import.meta.dirname, 'compat', 'build.mjs')], { cwd: rootDir });
  const screen = await openScreen();
  const desktop = process.platform === 'linux' ? await openDesktop() : null;
  return {
    ...found,
    appDir: found.isTarget ? rootDir : join(rootDir, 'out-e22'),
    builtDir: join(rootDir, found.isTarget ? 'out' : 'out-e22'),
    env: { ...screen.env, ...desktop?.env, ...(found.isTarget ? {} : compatEnv) },
    desktop,
    close: async () => {
      await desktop?.close();
      await screen.close();
    },
  };
}
