// The import table of docs/architecture.md as rules. What a folder may import is said here; everything else is an error.

/** A test may use what its subject is made for: its folder's test tools, raw SQLite, child processes. */
const TESTS = '(\\.test\\.ts|/test-[^/]*\\.ts)$';

/** Folder → the project's own folders it may import. All may import themselves. */
const FOLDERS = {
  'src/shared': [],
  'src/preload': ['src/shared/channels\\.ts$'],
  'src/renderer': ['src/shared/'],
  'src/main/host': ['src/shared/', 'src/main/engine/index\\.ts$'],
  'src/main/shell': ['src/shared/', 'src/main/engine/index\\.ts$', 'src/main/host/', 'src/main/ipc/', 'src/main/local/'],
  'src/main/ipc': ['src/shared/', 'src/main/engine/index\\.ts$', 'src/main/host/'],
  'src/main/serve': ['src/shared/', 'src/main/engine/index\\.ts$', 'src/main/host/'],
  'src/main/local': ['src/shared/', 'src/main/engine/index\\.ts$'],
  'src/main/cli': ['src/shared/', 'src/main/engine/index\\.ts$', 'src/main/host/', 'src/main/local/', 'src/main/serve/'],
  'src/main/engine': ['src/shared/'],
  'src/main/engine/media': ['src/shared/errors\\.ts$'],
};

const folderRules = Object.entries(FOLDERS).map(([folder, allowed]) => ({
  name: `imports-of-${folder.replaceAll('/', '-')}`,
  comment: `${folder} may import of this project: ${['itself', ...allowed].join(', ')}.`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: TESTS },
  to: { path: '^(src|bench|e2e|scripts)/', pathNot: [`^${folder}/`, ...allowed.map((path) => `^${path}`)] },
}));

const only = (name, comment, owners, to) => ({ name, comment, severity: 'error', from: { path: '^(src|bench|e2e)/', pathNot: [...owners, TESTS] }, to });

module.exports = {
  forbidden: [
    ...folderRules,
    {
      name: 'shared-needs-only-zod',
      comment: 'src/shared runs in every environment: zod and nothing else, no Node module either.',
      severity: 'error',
      from: { path: '^src/shared/', pathNot: TESTS },
      to: { pathNot: ['^src/shared/', '(^|/)zod(/|$)'] },
    },
    {
      name: 'renderer-has-no-node',
      comment: 'The renderer runs in a browser too.',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'preload-has-no-zod',
      comment: 'The preload script validates nothing and stays small.',
      severity: 'error',
      from: { path: '^src/preload/' },
      to: { path: '(^|/)zod(/|$)', dependencyTypesNot: ['type-only'] },
    },
    only('electron-owner', 'Only the desktop shell, IPC and preload know Electron; the engine runs without it.', ['^src/main/shell/', '^src/main/ipc/', '^src/preload/', '^src/main/index\\.ts$', '^e2e/desktop/compat/'], {
      path: '(^|/)electron(/|$)',
    }),
    only('sqlite-owner', 'Only the store talks to SQLite; the benches compare with it.', ['^src/main/engine/store/', '^bench/'], { path: '(^|/)better-sqlite3(/|$)|^(node:)?sqlite$' }),
    only('sharp-owner', 'Only media talks to libvips, and of users\' files only images.ts, so that its limits hold everywhere; the benches compare with it.', ['^src/main/engine/media/(images|page-pictures|meshes-pictures)\\.ts$', '^bench/'], { path: '(^|/)sharp(/|$)' }),
    only('three-owner', 'three reads glTF and does the cameras; what else there is to a 3D model is ours, so that its limits hold everywhere.', ['^src/main/engine/media/meshes-(gltf-scene|camera)\\.ts$'], { path: '(^|/)three(/|$)' }),
    only('document-library-owners', 'What documents are read with belongs to one file of media each, where its limits are kept; the benches compare with PDFium.', ['^src/main/engine/media/(pdf|xml|html-text)\\.ts$', '^bench/'], { path: '(^|/)(@hyzyla/pdfium|saxes|parse5|marked)(/|$)' }),
    only('child-process-owner', 'Only the pool forks workers and only media starts tools; the shell asks the system in one place; the benches start the raw tools.', ['^src/main/engine/workers/', '^src/main/engine/media/', '^src/main/shell/program\\.ts$', '^bench/', '^e2e/'], {
      path: '^(node:)?child_process$',
    }),
    only('thread-owner', 'The one thread is the store\'s; the compat build of the tests moves it.', ['^src/main/engine/store/', '^e2e/desktop/compat/'], { path: '^(node:)?worker_threads$' }),
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, path: '^(\\.|src|bench|e2e)' },
    },
    {
      name: 'no-tests-in-product',
      comment: 'Product code does not import tests or their tools.',
      severity: 'error',
      from: { path: '^(src|scripts)/', pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'no-dev-dependency-in-product',
      comment: 'What src imports at run time must be in dependencies.',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'], pathNot: '/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^out/' },
    // Types count too: a type from the wrong place is the wrong place.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
