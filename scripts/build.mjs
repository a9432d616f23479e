// Bundles what Node runs into out/: one file per entry point, named like its source. esbuild, about a second.
import { build as esbuild } from 'esbuild';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Entry points by output name. Each is loaded by path (fork, Worker, node), never imported. */
export const ENTRIES = {
  'main/cli': 'src/main/cli/index.ts',
  'main/worker': 'src/main/engine/workers/entry.ts',
  'main/store-thread': 'src/main/engine/store/thread.ts',
};

export async function build({ outDir = `${root}out`, entries = ENTRIES, node = {} } = {}) {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const { outputFiles } = await esbuild({
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([out, source]) => ({ out, in: source })),
    outdir: outDir,
    bundle: true,
    platform: 'node',
    target: 'node22.13',
    format: 'esm',
    external: ['better-sqlite3'],
    define: { LONGHAUL_VERSION: JSON.stringify(version) },
    sourcemap: 'linked',
    logLevel: 'warning',
    // Bundled CommonJS packages call require(); ESM output has none of its own.
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    ...node,
    write: false,
  });
  for (const { path, contents } of outputFiles) replaceFile(path, contents);
}

/** In one step, so that a process that starts meanwhile loads the old file or the new one, never a half. */
function replaceFile(path, contents) {
  const draft = `${path}.${process.pid}.part`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
