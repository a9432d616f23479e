/** The longhaul command. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMANDS } from './commands.ts';
import { processHost } from './host.ts';
import { runCli } from './main.ts';

declare const LONGHAUL_VERSION: string;

const builtDir = dirname(fileURLToPath(import.meta.url));
const host = processHost(LONGHAUL_VERSION, builtDir, findResources(builtDir));
process.exitCode = await runCli(process.argv.slice(2), host, COMMANDS);

/** The nearest `resources` above the built files: where it lies differs between a checkout and a package. */
function findResources(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const resources = join(folder, 'resources');
    if (existsSync(join(resources, 'recipes'))) return resources;
  }
  throw new Error(`No folder "resources" lies above ${from}: the installation is not complete.`);
}
