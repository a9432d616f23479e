/** The user's own recipes as their users meet them: through the contract, kept in files. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { is, openTestEngine, type TestEngine } from './test-engine.ts';

let test: TestEngine;
beforeEach(async () => {
  test = await openTestEngine();
});

const own = () => join(test.dir, 'data', 'recipes');
const small = { from: 'picture', name: 'small-picture', set: { width: '320' }, title: { en: 'Small', zh: '小图' }, suffix: '.small' } as const;

async function names(): Promise<string[]> {
  return (await test.engine.api.listRecipes({})).recipes.filter(({ isOwn }) => isOwn).map(({ name, version }) => `${name} ${version}`);
}

describe('a recipe of the user\'s own', () => {
  it('is made by changing another, counts its versions, and is there after a restart', async () => {
    expect(await test.engine.api.copyRecipe(small)).toEqual({ name: 'small-picture', version: 1 });
    expect(await test.engine.api.changeRecipe({ name: 'small-picture', set: { format: 'png' } })).toEqual({ name: 'small-picture', version: 2 });
    expect(test.events.filter(({ kind }) => kind === 'settings')).toHaveLength(2);
    await test.restart();
    const { recipes } = await test.engine.api.listRecipes({});
    expect(recipes.find(({ name }) => name === 'small-picture')).toEqual({
      name: 'small-picture', version: 2, purpose: 'other', title: small.title, description: { en: 'For tests.', zh: 'For tests.' }, type: 'video_thumbnail', suffix: '.small', options: { width: 320, format: 'png' }, isOwn: true,
    });
    expect(await readdir(own())).toEqual(['small-picture.json']);
  });

  it('leaves accepted work as it was when it is changed or removed', async () => {
    await test.engine.api.copyRecipe(small);
    const id = await test.add('a', { endAfterParts: 0, endings: { 1: 'wait', 2: 'wait' } }, { recipe: 'small-picture' });
    await test.until(id, is('running'));
    const { options } = await test.engine.api.getTask({ id });
    await test.engine.api.changeRecipe({ name: 'small-picture', set: { width: 640 } });
    await test.engine.api.removeRecipe({ name: 'small-picture' });
    await test.restart();
    await test.letGoOn();
    expect(await test.until(id, is('completed'))).toMatchObject({ recipe: 'small-picture', options });
    expect(options).toMatchObject({ width: 320 });
    await expect(test.add('b', {}, { recipe: 'small-picture' })).rejects.toMatchObject({ code: 'RECIPE_UNKNOWN' });
  });

  it('can be handed on as a file; one of the same name is replaced only when that is said', async () => {
    await test.engine.api.copyRecipe(small);
    const { fileName, text } = await test.engine.api.exportRecipe({ name: 'small-picture' });
    expect(fileName).toBe('small-picture.json');
    await expect(test.engine.api.importRecipe({ text })).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('already') });
    expect(await test.engine.api.importRecipe({ text, replace: true })).toEqual({ name: 'small-picture', version: 2 });
    await test.engine.api.removeRecipe({ name: 'small-picture' });
    expect(await test.engine.api.importRecipe({ text })).toEqual({ name: 'small-picture', version: 1 });
    expect(await readFile(join(own(), fileName), 'utf8')).toBe(text);
  });

  it('is refused with its field named where it is wrong', async () => {
    const right = z.record(z.string(), z.json()).parse(JSON.parse((await test.engine.api.exportRecipe({ name: 'picture' })).text));
    const wrong: [change: object, message: string][] = [
      [{ name: 'My Recipe' }, 'name: takes small letters'], [{ title: { en: 'A' } }, 'title.zh: '], [{ purpose: 'weeb' }, 'purpose: Choose one of: web, phone'], [{ options: { width: 'wide' } }, 'options.width: '],
      [{ options: { widht: 3 } }, 'options.widht: there is no such field. Did you mean width'], [{ colour: 'red' }, 'colour: there is no such field'], [{ type: 'video' }, 'type: Choose one of'], [{ name: 'picture' }, 'came with Longhaul'],
      [{ version: 0 }, 'version: '],
    ];
    for (const [change, message] of wrong) {
      await expect(test.engine.api.importRecipe({ text: JSON.stringify({ ...right, name: 'mine', ...change }) }), message).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
    }
    await expect(test.engine.api.importRecipe({ text: '{' })).rejects.toMatchObject({ message: expect.stringContaining('no JSON') });
    await expect(test.engine.api.copyRecipe({ ...small, set: { width: 3 } })).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('width') });
    await expect(test.engine.api.copyRecipe({ ...small, name: 'picture' })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(test.engine.api.changeRecipe({ name: 'picture', set: {} })).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('Copy it') });
    await expect(test.engine.api.removeRecipe({ name: 'nothing' })).rejects.toMatchObject({ code: 'RECIPE_UNKNOWN' });
    expect(await names()).toEqual([]);
  });

  it('that was spoilt by hand is told with what is wrong, and the others are there', async () => {
    await test.engine.api.copyRecipe(small);
    await test.engine.close();
    await mkdir(own(), { recursive: true });
    const text = await readFile(join(own(), 'small-picture.json'), 'utf8');
    await writeFile(join(own(), 'broken.json'), text.replace('"width": 320', '"width": "wide"').replace('small-picture', 'broken'));
    await writeFile(join(own(), 'renamed.json'), text);
    await writeFile(join(own(), 'half.json'), text.slice(0, 40));
    await test.restart();
    expect(await names()).toEqual(['small-picture 1']);
    expect((await test.engine.api.listRecipes({})).refused).toEqual([
      { file: 'broken.json', problem: expect.stringMatching(/^options\.width: /) }, { file: 'half.json', problem: expect.stringContaining('no JSON') }, { file: 'renamed.json', problem: expect.stringMatching(/^name: /) },
    ]);
  });

  it('is not lost or mixed up when many are changed at once', async () => {
    await test.engine.api.copyRecipe(small);
    await Promise.all(Array.from({ length: 20 }, (_, index) => test.engine.api.changeRecipe({ name: 'small-picture', set: index % 2 === 0 ? { width: 100 + index } : { columns: 1 + index % 20 } })));
    await test.restart();
    expect(await names()).toEqual(['small-picture 21']);
    const { recipes } = await test.engine.api.listRecipes({});
    expect(recipes.find(({ isOwn }) => isOwn)?.options).toMatchObject({ width: 118, columns: 20 });
  });
});

describe('the commands of a recipe', () => {
  it('are those that a worker starts, on folders that go afterwards; the task list stays as it is', async () => {
    const input = join(test.dir, 'in', 'film');
    await writeFile(input, JSON.stringify({ command: [process.execPath, '--version'] }));
    const made = await test.engine.api.getCommands({ recipe: 'picture', path: input });
    expect(made).toMatchObject({ isWhole: true, problem: null, commands: [expect.stringMatching(/node --version$/)] });
    expect(await test.engine.api.listTasks({})).toMatchObject({ total: 0 });
    expect(await readdir(join(test.dir, 'in'))).toEqual(['film']);
  });

  it('say why they would fail, and need an absolute path and a recipe for files', async () => {
    const input = join(test.dir, 'in', 'film');
    await writeFile(input, JSON.stringify({ endings: { 1: 'fail for good' } }));
    expect(await test.engine.api.getCommands({ recipe: 'picture', path: input })).toMatchObject({ commands: [], problem: { code: 'INPUT_DAMAGED' } });
    await expect(test.engine.api.getCommands({ recipe: 'picture', path: 'film' })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(test.engine.api.getCommands({ recipe: 'report', path: input })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('that take longer are told as far as they came', async () => {
    const input = join(test.dir, 'in', 'film');
    const begun = join(test.dir, 'begun');
    await writeFile(input, JSON.stringify({ command: [process.execPath, '-e', `require('fs').writeFileSync(${JSON.stringify(begun)}, ''); setInterval(() => 0, 1000)`] }));
    const asked = test.engine.api.getCommands({ recipe: 'picture', path: input, withinSeconds: 60 });
    await expect.poll(() => existsSync(begun), { timeout: 30_000 }).toBe(true);
    test.clock.advance(60_000);
    expect(await asked).toMatchObject({ isWhole: false, problem: null, commands: [expect.stringContaining('setInterval')] });
  });
});
