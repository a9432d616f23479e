import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { THREAD_PATH } from '../../engine/store/test-store.ts';
import { COMMANDS } from '../commands.ts';
import { runCli } from '../main.ts';
import { testHost } from '../test-host.ts';

const MAIN = join(import.meta.dirname, '../..');

let longhaul: (...args: string[]) => Promise<{ code: number; out: string; err: string }>;
let dir: string;

/** Commands on a data folder of their own, in which task 2 waited for task 1, which was cancelled: a dead letter without any work done. */
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'longhaul-dead-'));
  const builtDir = join(dir, 'built');
  await mkdir(builtDir);
  await writeFile(join(builtDir, 'package.json'), '{"type":"module"}');
  await writeFile(join(builtDir, 'store-thread.js'), `import ${JSON.stringify(THREAD_PATH)};`);
  longhaul = async (...args) => {
    const host = testHost({ builtDir, workingDir: dir, homeDir: dir, resourcesDir: join(MAIN, '../../resources'), now: Date.now });
    const code = await runCli(['--data', 'data', ...args], host, COMMANDS);
    return { code, out: host.out.text, err: host.err.text };
  };
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  for (const name of ['one.mp4', 'two.mp4']) await writeFile(join(dir, name), 'no video');
  expect(await longhaul('add', 'one.mp4', '--recipe', 'mp3')).toMatchObject({ code: 0 });
  expect(await longhaul('add', 'two.mp4', '--recipe', 'wav', '--after', '1')).toMatchObject({ code: 0 });
  expect(await longhaul('cancel', '1')).toMatchObject({ code: 0 });
});

it('dead letters are listed with what they died of, replayed and exported', async () => {
  const listed = await longhaul('dead');
  expect(listed.out).toMatch(/2 {2}DEPENDENCY_FAILED .* wav .*two\.mp4/);
  expect(listed.out).toContain('1 dead letter: 1 × DEPENDENCY_FAILED.');
  expect((await longhaul('dead', '--code', 'disk_full')).out).toBe('No dead letters.\n');
  expect(JSON.parse((await longhaul('dead', 'export')).out)).toMatchObject({ id: 2, error: { code: 'DEPENDENCY_FAILED' } });
  expect((await longhaul('dead', 'export', '--format', 'csv', '--to', 'dead.csv')).out).toBe(`1 dead letter in ${join(dir, 'dead.csv')}.\n`);
  expect(await readFile(join(dir, 'dead.csv'), 'utf8')).toContain('two.mp4');
  expect(await longhaul('dead', 'export', '--to', 'dead.csv')).toMatchObject({ code: 1 });
  expect(await longhaul('dead', 'replay', '2')).toMatchObject({ code: 1, out: expect.stringContaining('Not so #2') });
  expect(await longhaul('retry', '1')).toMatchObject({ code: 0 });
});

it('a replay says which, or all', async () => {
  for (const args of [[], ['--all', '2'], ['--all', '--type', 'transcribe']]) expect(await longhaul('dead', 'replay', ...args)).toMatchObject({ code: 2 });
  expect(await longhaul('dead', 'bury')).toMatchObject({ code: 2 });
  expect(await longhaul('dead', 'replay', '--all')).toMatchObject({ code: 1 });
});

it('a removed task is listed apart and restored as it was', async () => {
  expect(await longhaul('remove', '1')).toMatchObject({ code: 0 });
  expect((await longhaul('list', '--removed')).out).toMatch(/1 {2}cancelled/);
  expect((await longhaul('list')).out).not.toMatch(/1 {2}cancelled/);
  expect((await longhaul('restore', '1')).out).toMatch(/^#1 {2}\w+ {2}cancelled\n$/);
  expect((await longhaul('list')).out).toMatch(/1 {2}cancelled/);
  expect(await longhaul('restore', '9')).toMatchObject({ code: 2 });
});

it('a list is filtered, sorted and paged', async () => {
  const ids = async (...args: string[]): Promise<string[]> => [...(await longhaul('list', ...args)).out.matchAll(/^ *(\d+) {2}[a-z]/gm)].map(([, id]) => String(id));
  expect(await ids()).toEqual(['2', '1']);
  expect(await ids('--reverse')).toEqual(['1', '2']);
  expect(await ids('--text', 'ONE.mp4')).toEqual(['1']);
  expect(await ids('--dead')).toEqual(['2']);
  expect(await ids('--recipe', 'mp3', '--queue', 'media')).toEqual(['1']);
  expect(await ids('--added-after', '1h', '--sort', 'priority')).toEqual(['2', '1']);
  expect(await ids('--added-before', '1h')).toEqual([]);
  expect(await ids('--limit', '1', '--page', '2')).toEqual(['1']);
  expect((await longhaul('list', '--sort', 'size')).err).toContain('created');
  expect(await longhaul('list', '--page', '0')).toMatchObject({ code: 2 });
});

it('a task’s attempts can be shown, and are in its JSON', async () => {
  expect((await longhaul('show', '1', '--attempts')).out).toContain('Attempts:');
  expect(JSON.parse((await longhaul('show', '1', '--attempts', '--json')).out)).toMatchObject({ id: 1, attempts: [] });
});
