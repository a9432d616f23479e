import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, open, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { film, openWatching, type Watching } from './test-watching.ts';

const inputs = async (test: Watching): Promise<string[]> => (await test.tasks()).map(({ inputs: [input = ''] }) => input).sort();
const statuses = async (test: Watching): Promise<string[]> => (await test.tasks()).map(({ status }) => status);

describe('a watched folder', { timeout: 120_000 }, () => {
  it('takes what is there and what comes, in folders within too, each once, in one group, also after a restart', async () => {
    const test = await openWatching();
    const first = await test.put('a.mpg');
    await test.watch({ priority: 7 });
    await test.until('the first is done', async () => (await statuses(test)).join() === 'completed');
    const [second, third] = [await test.put('b.mpg'), await test.put('new/folder/c.mpg')];
    await test.until('all are done', async () => (await statuses(test)).join() === 'completed,completed,completed');
    const [task, , last] = await test.tasks();
    expect(task).toMatchObject({ priority: 7, recipe: 'picture', outputDir: join(test.dir, 'out') });
    expect(last?.groupId).toBe(task?.groupId);
    expect(await test.rule()).toMatchObject({ groupId: task?.groupId, state: { status: 'watching', by: 'events', taken: 3, completed: 3, failed: 0, problem: null } });
    await test.restart();
    await test.untilQuiet();
    expect(await inputs(test)).toEqual([first, second, third]);
  });

  it('leaves alone what has another name, another content, or no content, and says how many it passed over', async () => {
    const test = await openWatching();
    await test.put('a.mpg');
    await test.put('b.mov.part');
    await test.put('c.txt');
    await writeFile(join(test.folder, 'd.mpg'), 'This is a text, whatever its name says.');
    await writeFile(join(test.folder, 'e.mpg'), '');
    await test.put('f draft.mpg');
    await test.watch({ include: ['*.mpg', '*.part'], exclude: ['*draft*'] });
    await test.until('a is done and d is passed over', async () => (await statuses(test)).join() === 'completed' && (await test.rule()).state.passedOver === 1);
    await rename(join(test.folder, 'b.mov.part'), join(test.folder, 'b.mpg'));
    await test.until('b is done', async () => (await statuses(test)).join() === 'completed,completed');
    expect(await inputs(test)).toEqual([join(test.folder, 'a.mpg'), join(test.folder, 'b.mpg')]);
    // The empty one still waits for its content.
    expect((await test.rule()).state).toMatchObject({ waiting: 1, passedOver: 1, taken: 2 });
  });

  it('never takes a copy that grows, nor one that stands still while somebody still has it open', async () => {
    const test = await openWatching();
    await test.watch();
    const path = join(test.folder, 'copy.mpg');
    await writeFile(path, film(''));
    for (let part = 0; part < 25; part += 1) {
      await appendFile(path, `part ${String(part)};`);
      await wait(100);
    }
    expect(await test.tasks()).toEqual([]);
    const handle = await open(path, 'a');
    if (process.platform === 'linux') {
      const scans = (await test.rule()).state.lastScanAt;
      await test.engine.api.scanWatchRule({ id: (await test.rule()).id });
      await test.until('it was looked at', async () => (await test.rule()).state.lastScanAt !== scans);
      // Twice the time after which a file that nobody has open is taken.
      await wait(2_500);
      expect(await test.tasks()).toEqual([]);
    }
    await handle.appendFile('end');
    await handle.close();
    await test.until('the whole of it is taken', async () => (await statuses(test)).join() === 'completed');
    expect((await readFile(join(test.dir, 'out', 'copy.made.mpg'), 'utf8')).endsWith('part 24;endmade')).toBe(true);
  });

  it('knows a file that was moved or renamed, and does one anew whose content was replaced', async () => {
    const test = await openWatching();
    const path = await test.put('a.mpg', 'first');
    await test.watch();
    await test.until('it is done', async () => (await statuses(test)).join() === 'completed');
    await mkdir(join(test.folder, 'sorted'));
    const moved = join(test.folder, 'sorted', 'renamed.mpg');
    await rename(path, moved);
    await test.untilQuiet();
    expect(await inputs(test)).toEqual([path]);
    // The old name comes back with another content: a new file. The moved one is still the old one.
    await test.put('a.mpg', 'second, and longer');
    await test.untilQuiet();
    expect(await inputs(test)).toEqual([path, path]);
    await test.put('sorted/renamed.mpg', 'third');
    await test.untilQuiet();
    expect(await inputs(test)).toEqual([path, path, moved]);
  });

  it('follows a file that is renamed before its task has begun', async () => {
    const test = await openWatching();
    await test.engine.api.setSetting({ name: 'hold', value: 'afterCurrent' });
    const path = await test.put('a.mpg', 'content');
    await test.watch();
    await test.until('it is taken', async () => (await statuses(test)).join() === 'pending');
    const moved = join(test.folder, 'b.mpg');
    await rename(path, moved);
    await test.until('the task follows', async () => (await inputs(test)).join() === moved);
    await test.engine.api.setSetting({ name: 'hold', value: null });
    await test.until('it is done', async () => (await statuses(test)).join() === 'completed');
    expect(existsSync(join(test.dir, 'out', 'b.made.mpg'))).toBe(true);
  });

  it('a file that is gone before its task begins fails by itself, and is done once it is back', async () => {
    const test = await openWatching();
    await test.engine.api.setSetting({ name: 'hold', value: 'afterCurrent' });
    const path = await test.put('a.mpg');
    await test.watch();
    await test.until('it is taken', async () => (await statuses(test)).join() === 'pending');
    const elsewhere = join(test.dir, 'elsewhere.mpg');
    await rename(path, elsewhere);
    await test.engine.api.setSetting({ name: 'hold', value: null });
    await test.until('it failed', async () => (await statuses(test)).join() === 'failed');
    expect((await test.tasks())[0]?.error?.code).toBe('INPUT_MISSING');
    await rename(elsewhere, path);
    await test.untilQuiet();
    expect(await statuses(test)).toEqual(['completed']);
  });

  it('misses none of very many that come with their folders at once, more than it is told of', async () => {
    const test = await openWatching();
    await test.engine.api.setSetting({ name: 'hold', value: 'afterCurrent' });
    await test.watch();
    await test.until('it watches', async () => (await test.rule()).state.status === 'watching');
    for (let at = 0; at < 3_000; at += 1) await test.put(`${String(at % 150)}/${String(at)}.mpg`);
    await test.until('all are taken', async () => (await test.rule()).state.taken === 3_000);
    expect((await test.rule()).state).toMatchObject({ waiting: 0, passedOver: 0, open: 3_000 });
  });

  it('says when the folder is gone, waits, and goes on with what was taken still taken', async () => {
    const test = await openWatching();
    const first = await test.put('a.mpg');
    await test.watch();
    await test.until('it is done', async () => (await statuses(test)).join() === 'completed');
    await rename(test.folder, `${test.folder} away`);
    await test.until('it says so', async () => (await test.rule()).state.status === 'missing');
    expect((await test.rule()).state.problem?.message).toContain('is not there');
    await rename(`${test.folder} away`, test.folder);
    const second = await test.put('b.mpg');
    await test.until('the new one is done', async () => (await statuses(test)).join() === 'completed,completed');
    expect((await test.rule()).state).toMatchObject({ status: 'watching', problem: null });
    expect(await inputs(test)).toEqual([first, second]);
  });

  it('polls where it is told to, and sees the same', async () => {
    const test = await openWatching();
    const { id } = await test.watch({ look: 'polling' });
    await test.until('it polls', async () => (await test.rule()).state.by === 'polling');
    const path = await test.put('deep/a.mpg');
    await test.until('it is done', async () => (await statuses(test)).join() === 'completed');
    expect(await inputs(test)).toEqual([path]);
    await test.engine.api.changeWatchRule({ id, isEnabled: false });
    expect((await test.rule()).state).toMatchObject({ status: 'off', by: null });
  });

  it('ends where links lead in a circle, and takes a file once that has two names', async () => {
    const test = await openWatching();
    const path = await test.put('x/a.mpg');
    await symlink(test.folder, join(test.folder, 'x', 'loop'));
    await symlink(path, join(test.folder, 'b.mpg'));
    await test.watch();
    await test.until('it is done', async () => (await statuses(test)).includes('completed'));
    await test.untilQuiet();
    expect(await test.tasks()).toHaveLength(1);
  });

  it('never takes results, beside their sources, in a folder within, or under another name', async () => {
    const test = await openWatching();
    await test.put('a.mpg');
    await test.watch({ output: { place: 'beside' } });
    await test.engine.api.addWatchRule({ name: 'mirrored', folder: test.folder, recipe: 'picture', settleSeconds: 1, output: { place: 'mirror', path: join(test.folder, 'out') }, include: ['x/**'] });
    await test.put('x/y/b.mpg');
    const made = [join(test.folder, 'a.made.mpg'), join(test.folder, 'x', 'y', 'b.made.mpg'), join(test.folder, 'out', 'x', 'y', 'b.made.mpg')];
    await test.until('all three are made', () => made.every((path) => existsSync(path)));
    await test.untilQuiet();
    await rename(join(test.folder, 'a.made.mpg'), join(test.folder, 'renamed result.mpg'));
    await test.untilQuiet();
    await test.restart();
    await test.untilQuiet();
    expect(await test.tasks()).toHaveLength(3);
    expect(readdirSync(test.folder).sort()).toEqual(['a.mpg', 'out', 'renamed result.mpg', 'x']);
  });

  it('moves sources away once their tasks are completed, never over another file', async () => {
    const test = await openWatching();
    const done = join(test.folder, 'done');
    await mkdir(done);
    await writeFile(join(done, 'a.mpg'), 'somebody else\'s');
    await test.put('a.mpg', 'content');
    await test.watch({ after: { kind: 'move', folder: done } });
    await test.until('it is moved', () => existsSync(join(done, 'a (2).mpg')));
    expect(await readFile(join(done, 'a (2).mpg'))).toEqual(film('content'));
    expect(await readFile(join(done, 'a.mpg'), 'utf8')).toBe('somebody else\'s');
    await test.untilQuiet();
    expect(readdirSync(test.folder)).toEqual(['done']);
    expect(await test.tasks()).toHaveLength(1);
  });

  it('deletes a source only once its result was read again and is whole', async () => {
    const test = await openWatching();
    const sound = await test.put('a.mpg');
    await test.watch({ after: { kind: 'delete' } });
    await test.until('the sound one is gone', () => !existsSync(sound));
    expect(readdirSync(join(test.dir, 'out'))).toEqual(['a.made.mpg']);
    const { id } = await test.rule();
    const spoilt = await test.put('b.mpg');
    await test.until('it is made', () => existsSync(join(test.dir, 'out', 'b.made.mpg')));
    await writeFile(join(test.dir, 'out', 'b.made.mpg'), 'spoilt');
    await test.until('it says why the source stays', async () => (await test.rule()).state.problem?.message.includes('b.mpg stays') === true);
    expect(existsSync(spoilt)).toBe(true);
    await rm(spoilt);
    await test.engine.api.removeWatchRule({ id });
    expect((await test.engine.api.listWatchRules({})).rules).toEqual([]);
  });

  it('refuses what can\'t be done when the rule is made, and a name that is taken', async () => {
    const test = await openWatching();
    await test.watch({ isEnabled: false });
    await expect(test.watch()).rejects.toThrow('There is a watched folder "films" already');
    await expect(test.watch({ name: 'other', folder: 'relative' })).rejects.toThrow('not an absolute path');
    await expect(test.watch({ name: 'other', recipe: 'pictures' })).rejects.toMatchObject({ code: 'RECIPE_UNKNOWN' });
    await expect(test.watch({ name: 'other', recipe: 'report' })).rejects.toThrow('takes no files');
    await expect(test.watch({ name: 'other', set: { nonsense: 1 } })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(test.watch({ name: 'other', after: { kind: 'move', folder: test.folder } })).rejects.toThrow('Sources can\'t be moved');
    await expect(test.engine.api.scanWatchRule({ id: (await test.rule()).id })).rejects.toThrow('Enable it first');
    await expect(test.engine.api.changeWatchRule({ id: 99, isEnabled: true })).rejects.toThrow('no watched folder 99');
  });
});
