// The longhaul command from a checkout: builds when the source is newer, then becomes the command line. Only that writes to stdout.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findNode, isNewEnough } from './setup/node.mjs';
import { rootDir } from './setup/paths.mjs';
import { buildProduct, cliPath, COMMANDS, isBuilt, SERVED } from './setup/product.mjs';
import { runAttached } from './setup/run.mjs';

const nodePath = findNode();
if (nodePath === undefined || !existsSync(join(rootDir, 'node_modules', 'better-sqlite3'))) {
  process.stderr.write('Longhaul is not set up yet. Run: npm run setup\n');
  process.exit(2);
}
try {
  const parts = process.argv.includes('serve') ? SERVED : COMMANDS;
  if (!isBuilt(parts)) await buildProduct(nodePath, parts);
} catch (error) {
  process.stderr.write(`${error.message}\n${error.details ?? ''}\n`);
  process.exit(1);
}
if (isNewEnough(process.versions.node)) {
  process.argv[1] = cliPath;
  await import(pathToFileURL(cliPath).href);
} else {
  process.exitCode = await runAttached(nodePath, [cliPath, ...process.argv.slice(2)]);
}
