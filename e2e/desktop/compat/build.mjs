// The product's own source, built for Electron 22 into out-e22/: node e2e/desktop/compat/build.mjs. For tests only.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, ENTRIES } from '../../../scripts/build.mjs';
import { rootDir } from '../../../scripts/setup/paths.mjs';

/** Beside out/, so that ../../resources is where the product looks for it. */
export const compatDir = join(rootDir, 'out-e22');

/** Electron 22: Chrome 108 and Node 16.17. */
const CHROME = 108;
const NODE_TARGET = 'node16.17';
const WEB_TARGET = `chrome${CHROME}`;

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The store's connection gets a Worker whose thread lives in a Node 24. */
const threadInNode24 = {
  name: 'thread-in-node24',
  setup: ({ onResolve }) => onResolve({ filter: /^node:worker_threads$/ }, ({ importer }) => (/[/\\]store[/\\]connection\.ts$/.test(importer) ? { path: beside('node24-thread.ts') } : undefined)),
};

/** What the page's own code and its libraries use of newer JavaScript. */
const pagePolyfill = {
  name: 'page-polyfill',
  enforce: 'pre',
  transform: (code, id) => (/[/\\]src[/\\]renderer[/\\]index\.tsx$/.test(id) ? `import 'core-js/stable';\n${code}` : undefined),
};

/** What Electron loads. The command line is plain Node's, and of its own time. */
const entries = Object.fromEntries(Object.entries({ ...ENTRIES, 'main/index': 'src/main/index.ts' }).filter(([name]) => name !== 'main/cli'));

export async function buildCompat() {
  await build({
    outDir: compatDir, entries,
    node: {
      target: NODE_TARGET, format: 'cjs', inject: [beside('node.ts')], plugins: [threadInNode24],
      define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename', 'import.meta.url': '__fileUrl' },
      banner: { js: "const __fileUrl = require('node:url').pathToFileURL(__filename).href;" },
    },
    preload: { target: WEB_TARGET, inject: [beside('preload.ts')] },
    web: { target: WEB_TARGET, css: { transformer: 'lightningcss', lightningcss: { targets: { chrome: CHROME << 16 } } }, plugins: [pagePolyfill] },
  });
  mkdirSync(compatDir, { recursive: true });
  writeFileSync(join(compatDir, 'package.json'), JSON.stringify({ name: 'longhaul', productName: 'Longhaul', version: '0.0.0-test', type: 'commonjs', main: 'main/index.js' }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCompat();
