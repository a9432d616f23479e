/** Files that tasks take of tasks before them, and chains of recipes, as their users meet them: through the contract, with worker processes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NewTask } from '../../shared/contract.ts';
import type { TaskId } from '../../shared/task.ts';
import { is, openTestEngine, type TestEngine } from './test-engine.ts';
import type { Script } from './test-worker.ts';

let test: TestEngine;
beforeEach(async () => {
  test = await openTestEngine();
});

async function scripted(name: string, script: Script, more: Partial<NewTask> = {}): Promise<NewTask> {
  const input = join(test.dir, 'in', name);
  await writeFile(input, JSON.stringify(script));
  return { input, recipe: 'picture', outputDir: join(test.dir, 'out'), key: name, ...more };
}

/** Its result is a file that the scripted worker can read: JSON without a word for it. */
function json(of: string): NewTask {
  return { recipe: 'report', set: { format: 'json' }, outputDir: join(test.dir, 'out'), key: 'words', dependsOn: [of] };
}

async function add(...tasks: NewTask[]): Promise<TaskId[]> {
  return (await test.engine.api.addTasks({ tasks })).tasks.map(({ id }) => id);
}

describe('a task that works on what another one makes', () => {
  it('waits for it and is handed its file, also when the engine was started anew meanwhile', async () => {
    const [last = 0, , first = 0] = await add(
      { recipe: 'picture', inputFrom: { task: 'words', extension: 'json' }, outputDir: join(test.dir, 'out') }, json('source'), await scripted('source', { endAfterParts: 0, endings: { 1: 'wait', 2: 'wait' } }),
    );
    expect(await test.engine.api.getTask({ id: last })).toMatchObject({ status: 'waiting', inputs: [] });
    await test.until(first, is('running'));
    await test.restart();
    await test.letGoOn();
    const made = join(test.dir, 'out', 'report.json');
    expect(await test.until(last, is('completed', 'failed'))).toMatchObject({ status: 'completed', inputs: [made] });
  });

  it('is told of the file as an option, at once where that was made before', async () => {
    const [, words = 0] = await add(await scripted('source', {}), json('source'));
    await test.until(words, is('completed'));
    const [told = 0] = await add(await scripted('talk', {}, { recipe: 'speech', setFrom: { model: { task: words, extension: 'json' } } }));
    expect(await test.until(told, is('completed'))).toMatchObject({ options: { model: join(test.dir, 'out', 'report.json') }, dependsOn: [words] });
  });

  it('that was cancelled before the file was there has it when it is retried', async () => {
    const [, words = 0, last = 0] = await add(await scripted('source', { endAfterParts: 0, endings: { 1: 'wait' } }), json('source'), { recipe: 'picture', inputFrom: { task: 'words', extension: 'json' }, outputDir: join(test.dir, 'out') });
    await test.engine.api.cancelTasks({ ids: [last] });
    await test.letGoOn();
    await test.until(words, is('completed'));
    await test.engine.api.retryTasks({ ids: [last] });
    expect(await test.until(last, is('completed', 'failed'))).toMatchObject({ status: 'completed', inputs: [join(test.dir, 'out', 'report.json')] });
  });

  it('fails with a sentence when that one makes no such file', async () => {
    const [, , last = 0] = await add(await scripted('source', {}), json('source'), { recipe: 'picture', inputFrom: { task: 'words', extension: 'srt' }, outputDir: join(test.dir, 'out') });
    const failed = await test.until(last, is('failed'));
    expect(failed.error).toMatchObject({ code: 'DEPENDENCY_FAILED', retryable: false, message: expect.stringMatching(/^There is no \.srt file of task 2, /) });
    expect(failed.attempt).toBe(1);
  });

  it('is refused with a file of its own, without one that it names, and where it would also take a failure for an end', async () => {
    const from = { task: 'words', extension: 'json' };
    const wrong: NewTask[][] = [
      [await scripted('a', {}), json('a'), await scripted('b', {}, { inputFrom: from })], [{ recipe: 'picture', inputFrom: from }],
      [await scripted('a', {}), json('a'), { recipe: 'picture', inputFrom: from, dependencyMode: 'settled' }],
    ];
    for (const tasks of wrong) await expect(add(...tasks)).rejects.toMatchObject({ code: 'USAGE' });
    await expect(add(await scripted('a', {}), json('a'), await scripted('b', {}, { setFrom: { width: from } }))).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('width') });
    expect(await test.engine.api.listTasks({})).toMatchObject({ total: 0 });
  });
});

const CHAIN = {
  name: 'told', version: 1, purpose: 'subtitles', title: { en: 'Told', zh: '讲述' }, description: { en: 'Words, then a picture.', zh: '先文字，后图片。' }, onFailure: 'cancelRest',
  chain: [{ key: 'words', recipe: 'speech', set: { formats: ['txt'] } }, { key: 'still', recipe: 'picture', input: { step: 'words', extension: 'txt' } }, { key: 'cover', recipe: 'picture', after: ['words'] }],
};

describe('a chain', () => {
  it('becomes the tasks of its steps, one group, whose later steps get what the earlier ones made', async () => {
    await test.engine.api.importRecipe({ text: JSON.stringify(CHAIN) });
    const talk = await scripted('talk.mp4', {}, { recipe: 'told', key: 'all' });
    const [words = 0, still = 0, cover = 0, after = 0] = await add(talk, await scripted('b', {}, { dependsOn: ['all'] }));
    const of = (id: TaskId) => test.engine.api.getTask({ id });
    expect(await of(words)).toMatchObject({ recipe: 'speech', type: 'transcribe', options: { formats: ['txt'] } });
    expect(await of(after)).toMatchObject({ dependsOn: [words, still, cover] });
    await test.until(words, is('completed'));
    expect(await of(still)).toMatchObject({ recipe: 'picture', dependsOn: [words], inputs: [join(test.dir, 'out', 'made.txt')] });
    expect(await test.until(cover, is('completed'))).toMatchObject({ inputs: [talk.input], dependsOn: [words] });
    const { groups } = await test.engine.api.listGroups({});
    expect(groups).toMatchObject([{ name: 'talk.mp4', onFailure: 'cancelRest', total: 3 }]);
  });

  it('is refused by the step that is wrong, and takes no options of its own', async () => {
    const wrong = (step: object): string => JSON.stringify({ ...CHAIN, chain: [CHAIN.chain[0], { key: 'b', recipe: 'picture', ...step }] });
    const refusals: [step: object, message: string][] = [
      [{ recipe: 'pictures' }, 'chain.1.recipe: there is no recipe "pictures". Did you mean picture?'], [{ input: { step: 'c', extension: 'txt' } }, 'chain.1: there is no step "c" before it'],
      [{ input: { step: 'words', extension: 'srt' } }, 'chain.1: step "words" makes no .srt, only .txt'], [{ set: { width: 1 } }, 'chain.1.set.width: '], [{ key: 'words' }, 'chain.1.key'],
      [{ setFrom: { film: { step: 'words', extension: 'txt' } } }, 'no option "film"'],
    ];
    for (const [step, message] of refusals) await expect(test.engine.api.importRecipe({ text: wrong(step) })).rejects.toMatchObject({ message: expect.stringContaining(message) });
    await test.engine.api.importRecipe({ text: JSON.stringify(CHAIN) });
    await expect(add(await scripted('a', {}, { recipe: 'told', set: { width: 100 } }))).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('chain') });
  });
});
