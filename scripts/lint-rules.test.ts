/** The lint rules bite: a tree that breaks them is refused, file by file, and the same tree without the faults passes. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const rootDir = fileURLToPath(new URL('..', import.meta.url));
const start = promisify(execFile);

/** Inside the checkout, so that packages resolve as they do for the real tree. */
let folder: string;
beforeAll(async () => {
  await mkdir(join(rootDir, '.cache'), { recursive: true });
  folder = await mkdtemp(join(rootDir, '.cache', 'lint-rules-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('import rules', () => {
  const HARMLESS = {
    'src/shared/task.ts': "import * as z from 'zod';\nexport const id = z.int();\n",
    'src/shared/errors.ts': 'export const errors = 1;\n',
    'src/shared/channels.ts': 'export const channels = 1;\n',
    'src/main/engine/index.ts': "export { store } from './store/store.ts';\n",
    'src/main/engine/store/store.ts': "import Database from 'better-sqlite3';\nimport { Worker } from 'node:worker_threads';\nexport const store = [Database, Worker];\n",
    'src/main/engine/media/child.ts': "import { spawn } from 'node:child_process';\nimport { errors } from '../../../shared/errors.ts';\nexport const child = [spawn, errors];\n",
    'src/main/engine/workers/pool.ts': "import { fork } from 'node:child_process';\nexport const pool = fork;\n",
    'src/main/host/dispatch.ts': "import { store } from '../engine/index.ts';\nimport { id } from '../../shared/task.ts';\nexport const dispatch = [store, id];\n",
    'src/main/local/server.ts': "import { store } from '../engine/index.ts';\nexport const server = store;\n",
    'src/main/serve/index.ts': "import { dispatch } from '../host/dispatch.ts';\nexport const serve = dispatch;\n",
    'src/main/cli/list.ts': "import { store } from '../engine/index.ts';\nimport { server } from '../local/server.ts';\nimport { serve } from '../serve/index.ts';\nimport { dispatch } from '../host/dispatch.ts';\nimport { id } from '../../shared/task.ts';\nexport const list = [store, server, serve, dispatch, id];\n",
    'src/main/ipc/register.ts': "import { dispatch } from '../host/dispatch.ts';\nexport const register = dispatch;\n",
    'src/main/shell/program.ts': "import { spawn } from 'node:child_process';\nexport const program = spawn;\n",
    'src/main/shell/boot.ts': "import { dispatch } from '../host/dispatch.ts';\nimport { register } from '../ipc/register.ts';\nimport { server } from '../local/server.ts';\nexport const boot = [dispatch, register, server];\n",
    'src/preload/index.ts': "import { channels } from '../shared/channels.ts';\nexport const names = channels;\n",
    'src/renderer/index.ts': "import { id } from '../shared/task.ts';\nexport const row = id;\n",
  };

  /** One fault a file: what it imports → the rule that must refuse it. */
  const FAULTS = [
    { file: 'src/shared/a.ts', imports: 'node:fs', rule: 'shared-needs-only-zod' },
    { file: 'src/shared/b.ts', imports: '../main/engine/index.ts', rule: 'imports-of-src-shared' },
    { file: 'src/preload/a.ts', imports: '../shared/task.ts', rule: 'imports-of-src-preload' },
    { file: 'src/preload/b.ts', imports: 'zod', rule: 'preload-has-no-zod' },
    { file: 'src/renderer/a.ts', imports: 'node:path', rule: 'renderer-has-no-node' },
    { file: 'src/renderer/b.ts', imports: '../main/engine/index.ts', rule: 'imports-of-src-renderer' },
    { file: 'src/main/cli/a.ts', imports: '../engine/store/store.ts', rule: 'imports-of-src-main-cli' },
    { file: 'src/main/local/a.ts', imports: '../cli/list.ts', rule: 'imports-of-src-main-local' },
    { file: 'src/main/serve/a.ts', imports: '../engine/media/child.ts', rule: 'imports-of-src-main-serve' },
    { file: 'src/main/serve/c.ts', imports: '../cli/list.ts', rule: 'imports-of-src-main-serve' },
    { file: 'src/main/serve/d.ts', imports: '../local/server.ts', rule: 'imports-of-src-main-serve' },
    { file: 'src/main/host/a.ts', imports: '../engine/store/store.ts', rule: 'imports-of-src-main-host' },
    { file: 'src/main/host/b.ts', imports: '../serve/index.ts', rule: 'imports-of-src-main-host' },
    { file: 'src/main/host/c.ts', imports: 'electron', rule: 'electron-owner' },
    { file: 'src/main/shell/b.ts', imports: '../serve/index.ts', rule: 'imports-of-src-main-shell' },
    { file: 'src/main/ipc/b.ts', imports: '../shell/boot.ts', rule: 'imports-of-src-main-ipc' },
    { file: 'src/main/shell/a.ts', imports: '../engine/store/store.ts', rule: 'imports-of-src-main-shell' },
    { file: 'src/main/ipc/a.ts', imports: '../engine/workers/pool.ts', rule: 'imports-of-src-main-ipc' },
    { file: 'src/main/engine/a.ts', imports: '../cli/list.ts', rule: 'imports-of-src-main-engine' },
    { file: 'src/main/engine/media/a.ts', imports: '../store/store.ts', rule: 'imports-of-src-main-engine-media' },
    { file: 'src/main/engine/media/b.ts', imports: '../../../shared/task.ts', rule: 'imports-of-src-main-engine-media' },
    { file: 'src/main/engine/b.ts', imports: 'electron', rule: 'electron-owner' },
    { file: 'src/main/serve/b.ts', imports: 'electron', rule: 'electron-owner' },
    { file: 'src/main/engine/c.ts', imports: 'better-sqlite3', rule: 'sqlite-owner' },
    { file: 'src/main/engine/d.ts', imports: 'node:sqlite', rule: 'sqlite-owner' },
    { file: 'src/main/engine/media/c.ts', imports: 'sharp', rule: 'sharp-owner' },
    { file: 'src/main/engine/media/d.ts', imports: 'saxes', rule: 'document-library-owners' },
    { file: 'src/main/engine/handlers/a.ts', imports: '@hyzyla/pdfium', rule: 'document-library-owners' },
    { file: 'src/main/engine/e.ts', imports: 'node:child_process', rule: 'child-process-owner' },
    { file: 'src/main/shell/c.ts', imports: 'node:child_process', rule: 'child-process-owner' },
    { file: 'src/main/serve/e.ts', imports: 'node:child_process', rule: 'child-process-owner' },
    { file: 'src/main/cli/b.ts', imports: 'child_process', rule: 'child-process-owner' },
    { file: 'src/main/engine/f.ts', imports: 'node:worker_threads', rule: 'thread-owner' },
    { file: 'src/main/engine/g.ts', imports: './h.ts', rule: 'no-circular' },
    { file: 'src/main/engine/i.ts', imports: './nowhere.ts', rule: 'no-unresolvable' },
    { file: 'src/main/engine/j.ts', imports: './test-tools.ts', rule: 'no-tests-in-product' },
    { file: 'src/main/engine/k.ts', imports: 'esbuild', rule: 'no-dev-dependency-in-product' },
  ] as const;

  let found: { rule: string; from: string }[];
  beforeAll(async () => {
    const faults = FAULTS.map(({ file, imports }) => [file, `import * as other from '${imports}';\nexport const used = other;\n`] as const);
    const partners = { 'src/main/engine/h.ts': "export * from './g.ts';\n", 'src/main/engine/test-tools.ts': 'export const tools = 1;\n' };
    await plant({ ...HARMLESS, ...partners, ...Object.fromEntries(faults) });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies: { zod: '*', 'better-sqlite3': '*' }, devDependencies: { esbuild: '*' } }));
    found = await brokenImportRules();
  });

  it.each(FAULTS)('$file may not import $imports', ({ file, rule }) => {
    expect(found.filter(({ from }) => from === file).map((violation) => violation.rule)).toContain(rule);
  });

  it('what is allowed passes', () => {
    expect(found.filter(({ from }) => from in HARMLESS)).toEqual([]);
  });
});

describe('code rules', () => {
  const FAULTS = [
    { fault: 'any', code: 'export const a = (x: any) => String(x);', rule: '@typescript-eslint/no-explicit-any' },
    { fault: 'a non-null assertion', code: 'export const a = (x?: string) => x!.length;', rule: '@typescript-eslint/no-non-null-assertion' },
    { fault: 'a cast', code: 'export const a = (x: unknown) => x as string;', rule: '@typescript-eslint/consistent-type-assertions' },
    { fault: 'a promise that nobody waits for', code: 'const work = async () => 1;\nexport const a = () => {\n  work();\n};', rule: '@typescript-eslint/no-floating-promises' },
    { fault: 'a switch with a case missing', code: "export const a = (x: 'p' | 'q') => {\n  switch (x) {\n    case 'p':\n      return 1;\n  }\n  return 2;\n};", rule: '@typescript-eslint/switch-exhaustiveness-check' },
    { fault: 'zod by name', code: "import { z } from 'zod';\nexport const a = z.int();", rule: 'no-restricted-syntax' },
    { fault: 'a shell', code: "export const a = { shell: true };", rule: 'no-restricted-syntax' },
    { fault: 'the wall clock in the engine', code: 'export const a = () => Date.now();', rule: 'no-restricted-properties' },
    { fault: 'a swallowed error', code: 'export const a = () => {\n  try {\n    return 1;\n  } catch {}\n  return 2;\n};', rule: 'no-empty' },
    { fault: 'work left for later', code: `// ${'TO'}${'DO'}: the rest\nexport const a = 1;`, rule: 'no-warning-comments' },
    { fault: 'an unused name', code: 'const a = 1;\nexport const b = 2;', rule: '@typescript-eslint/no-unused-vars' },
    { fault: 'a function of more than 80 lines', code: `export const a = () => {\n${'  void 0;\n'.repeat(80)}};`, rule: 'max-lines-per-function' },
    { fault: 'a file of more than 500 lines', code: 'export {};\n'.repeat(501), rule: 'max-lines' },
    { fault: 'a file name in camel case', name: 'camelCase', code: 'export const a = 1;', rule: 'longhaul/kebab-file-name' },
  ];
  const nameOf = (fault: (typeof FAULTS)[number], index: number) => `${fault.name ?? `fault-${index}`}.ts`;

  let found: Map<string, string[]>;
  beforeAll(async () => {
    const files = Object.fromEntries(FAULTS.map((fault, index) => [`src/main/engine/${nameOf(fault, index)}`, `${fault.code}\n`]));
    const harmless = "import * as z from 'zod';\nconst kinds = ['a', 'b'] as const;\nexport const kind = z.enum(kinds);\n";
    await rm(join(folder, 'src'), { recursive: true, force: true });
    await plant({ ...files, 'src/main/engine/harmless.ts': harmless });
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions: { types: [] }, include: ['src'] }));
    found = await brokenCodeRules();
  });

  it.each(FAULTS.map((fault, index) => ({ ...fault, file: nameOf(fault, index) })))('$fault is refused', ({ file, rule }) => {
    expect(found.get(file)).toContain(rule);
  });

  it('as const and the whole of zod pass', () => {
    expect(found.get('harmless.ts')).toEqual([]);
  });
});

async function plant(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
}

const cruised = z.object({ summary: z.object({ violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })) }) });

async function brokenImportRules(): Promise<{ rule: string; from: string }[]> {
  const program = join(rootDir, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const report = await outputOf([program, 'src', '--config', join(rootDir, '.dependency-cruiser.cjs'), '--output-type', 'json']);
  return cruised.parse(report).summary.violations.map(({ from, rule }) => ({ from, rule: rule.name }));
}

const linted = z.array(z.object({ filePath: z.string(), messages: z.array(z.object({ ruleId: z.string().nullable() })) }));

async function brokenCodeRules(): Promise<Map<string, string[]>> {
  const program = join(rootDir, 'node_modules', 'eslint', 'bin', 'eslint.js');
  const report = await outputOf([program, 'src', '--config', join(rootDir, 'eslint.config.js'), '--format', 'json']);
  return new Map(linted.parse(report).map(({ filePath, messages }) => [filePath.split(/[/\\]/).at(-1) ?? '', messages.map(({ ruleId }) => ruleId ?? 'parse error')]));
}

/** Both linters end with an exit code above 0 when they find something; their report is on stdout all the same. */
async function outputOf(args: readonly string[]): Promise<unknown> {
  const report = await start(process.execPath, [...args], { cwd: folder, maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout }) => stdout,
    (error: unknown) => z.object({ stdout: z.string() }).parse(error).stdout,
  );
  return JSON.parse(report);
}
