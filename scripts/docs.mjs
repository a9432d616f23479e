// Writes the documents that are made from code; with --check it only says whether they are up to date.
import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rootDir } from './setup/paths.mjs';

const HEAD = `# The states of a task

Made from \`src/main/engine/transitions.ts\` by \`npm run docs\`; change it there.

A task has one status. A row of this table is one store function and one transaction, whose WHERE names the old status and, where
the last column says so, the lease owner and the attempt as well.

`;

const { describeTransitions } = await load('src/main/engine/transitions.ts');
const { recipeJsonSchema } = await load('src/shared/recipe-json-schema.ts');
const documents = {
  'docs/state-machine.md': HEAD + describeTransitions(),
  'resources/recipes/schema.json': `${JSON.stringify(recipeJsonSchema(), null, 2)}\n`,
};
for (const [name, wanted] of Object.entries(documents)) {
  const path = join(rootDir, name);
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted);
  } else if (read(path) !== wanted) {
    process.stderr.write(`${name} is not what the code says. Run: npm run docs\n`);
    process.exitCode = 1;
  }
}

async function load(source) {
  const cache = join(rootDir, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'docs-'));
  const outfile = join(folder, 'module.mjs');
  try {
    await build({ absWorkingDir: rootDir, entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
