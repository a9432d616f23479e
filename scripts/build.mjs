// Builds what runs into out/: esbuild for everything that Node or Electron loads (a second), Vite for the window's page.
import { build as esbuild } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Entry points by output name. Each is loaded by path (Electron, utilityProcess, fork, Worker, node), never imported. */
export const ENTRIES = {
  'main/index': 'src/main/index.ts',
  'main/cli': 'src/main/cli/index.ts',
  'main/worker': 'src/main/engine/workers/entry.ts',
  'main/store-thread': 'src/main/engine/store/thread.ts',
};

/** What there is to build. */
export const PARTS = ['node', 'preload', 'web'];

/**
 * Builds for the product's own Electron and Node. Another target (the tests' old Electron) gives other options:
 *
 * outDir: absolute path, instead of out/. entries: instead of ENTRIES. parts: some of PARTS.
 * node, preload: options of esbuild over the ones below (target, format, inject, alias, plugins …); define and external are added to ours.
 * web: { target, css, plugins, define } for Vite; plugins come before ours.
 */
export async function build({ outDir = join(root, 'out'), entries = ENTRIES, parts = PARTS, node = {}, preload = {}, web = {} } = {}) {
  await Promise.all([
    parts.includes('node') && buildNode(outDir, entries, node),
    parts.includes('preload') && buildPreload(outDir, preload),
    parts.includes('web') && buildWeb(join(outDir, 'renderer'), web),
  ]);
}

/** media/pdf.ts reads pdfium.wasm beside the worker. */
async function buildNode(outDir, entries, { define, external = [], ...options }) {
  const format = options.format ?? 'esm';
  await bundle({
    entryPoints: Object.entries(entries).map(([out, source]) => ({ out, in: source })),
    outdir: outDir,
    platform: 'node',
    target: 'node22.13',
    format,
    // Native: their binaries stay files.
    external: ['better-sqlite3', 'electron', 'sharp', ...external],
    define: { LONGHAUL_VERSION: JSON.stringify(version()), ...define },
    // Bundled CommonJS packages call require(); ESM output has none of its own.
    ...(format === 'esm' ? { banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" } } : {}),
    ...options,
  });
  if (Object.hasOwn(entries, 'main/worker')) replaceFile(join(outDir, 'main', 'pdfium.wasm'), readFileSync(join(root, 'node_modules', '@hyzyla', 'pdfium', 'dist', 'pdfium.wasm')));
}

/** A sandboxed preload script is one CommonJS file; .cjs, because the package is of ES modules. */
async function buildPreload(outDir, { external = [], ...options }) {
  await bundle({
    entryPoints: [{ out: 'preload/index', in: 'src/preload/index.ts' }],
    outdir: outDir,
    outExtension: { '.js': '.cjs' },
    platform: 'browser',
    // Electron 45 is Chromium 154; a little older costs nothing.
    target: 'chrome140',
    format: 'cjs',
    external: ['electron', ...external],
    ...options,
  });
}

async function bundle(options) {
  const { outputFiles } = await esbuild({ absWorkingDir: root, bundle: true, sourcemap: 'linked', logLevel: 'warning', ...options, write: false });
  for (const { path, contents } of outputFiles) replaceFile(path, contents);
}

/** Kept in memory and put in place at the end, the page last, so that whoever serves the folder meanwhile has a page with all of its parts. */
async function buildWeb(outDir, { target, css = {}, plugins = [], define = {} }) {
  const { build: vite } = await import('vite');
  const { default: react } = await import('@vitejs/plugin-react');
  const built = await vite({
    root: join(root, 'src', 'renderer'),
    configFile: false,
    base: './',
    publicDir: false,
    logLevel: 'warn',
    plugins: [...plugins, react()],
    css,
    define: { LONGHAUL_VERSION: JSON.stringify(version()), ...define },
    build: { ...(target === undefined ? {} : { target }), write: false, sourcemap: false, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 2_000, reportCompressedSize: false },
  });
  const files = [built].flat().flatMap(({ output }) => output);
  const isPage = ({ fileName }) => fileName.endsWith('.html');
  for (const file of [...files.filter((it) => !isPage(it)), ...files.filter(isPage)]) replaceFile(join(outDir, file.fileName), file.type === 'chunk' ? file.code : file.source);
  removeOthers(outDir, new Set(files.map(({ fileName }) => join(outDir, fileName))));
}

/** Files of an earlier build, whose names carry another hash. */
function removeOthers(folder, kept) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !kept.has(path)) rmSync(path, { force: true });
  }
}

function version() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
}

/** In one step, so that a process that starts meanwhile loads the old file or the new one, never a half. */
function replaceFile(path, contents) {
  const draft = `${path}.${process.pid}.part`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

// node scripts/build.mjs [PART …]: all of it, or some.
if (process.argv[1] === fileURLToPath(import.meta.url)) await build(process.argv.length > 2 ? { parts: process.argv.slice(2) } : {});
