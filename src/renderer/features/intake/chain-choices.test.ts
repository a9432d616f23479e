import { describe, expect, it } from 'vitest';
import { withoutStep } from '../../../shared/chain-plan.ts';
import type { InspectedFile } from '../../../shared/contract.ts';
import { newTask } from '../../../shared/new-task.ts';
import type { ChainStep, Recipe } from '../../../shared/recipe.ts';
import { chosenChains, replacements } from './chain-choices.ts';
import { batchesOf, tasksOf, workOf, type Choices } from './intake-plan.ts';

const step = (key: string, recipe: string, part: Partial<ChainStep> = {}): ChainStep => ({ key, recipe, set: {}, input: 'source', setFrom: {}, after: [], ...part });
const CHAIN = {
  name: 'captioned', onFailure: 'goOn' as const,
  chain: [step('words', 'srt'), step('film', 'web', { setFrom: { subtitleFile: { step: 'words', extension: 'srt' } } }), step('cover', 'still', { input: { step: 'film', extension: 'mp4' } }), step('sheet', 'still', { after: ['words'] })],
};
const file = (path: string): InspectedFile => ({ path, sizeBytes: 1, kind: 'video', recipes: ['web', 'captioned'], problem: null });
const choices: Choices = { byKind: { video: ['captioned'] }, byPath: new Map([['/c.mp4', ['web']]]) };
const recipe = (name: string, type: Recipe['type'], options: Recipe['options']): Recipe => ({ name, version: 1, purpose: 'web', title: { en: name, zh: name }, description: { en: name, zh: name }, type, suffix: '', options });

describe('a chain in the intake', () => {
  it('is a task per step and file, in a group of its own, that the engine takes', () => {
    const tasks = tasksOf([file('/a/x.mp4'), file('/b/x.mp4'), file('/c.mp4')], choices, '/out', [CHAIN]);
    expect(tasks.map(({ recipe: name, input, inputFrom, setFrom, group }) => [name, input, inputFrom, setFrom, group])).toEqual(['/a', '/b'].flatMap((dir, index) => {
      const [of, group] = [(key: string, extension: string) => ({ task: `${index}/captioned/${key}`, extension }), { name: index === 0 ? 'x.mp4' : 'x.mp4 (2)', onFailure: 'goOn' }];
      return [['srt', `${dir}/x.mp4`, undefined, undefined, group], ['web', `${dir}/x.mp4`, undefined, { subtitleFile: of('words', 'srt') }, group], ['still', undefined, of('film', 'mp4'), undefined, group], ['still', `${dir}/x.mp4`, undefined, undefined, group]];
    }).concat([['web', '/c.mp4', undefined, undefined, undefined]]));
    expect(tasks[3]).toMatchObject({ dependsOn: ['0/captioned/words'], outputDir: '/out' });
    for (const task of tasks) expect(newTask.safeParse(task).success).toBe(true);
  });

  it('loses with a step all that can\'t be done without it, and only that', () => {
    const keys = (without: string) => withoutStep(CHAIN.chain, without).map(({ key }) => key);
    expect(keys('cover')).toEqual(['words', 'film', 'sheet']);
    expect(keys('film')).toEqual(['words', 'sheet']);
    expect(withoutStep(CHAIN.chain, 'words')).toEqual([step('sheet', 'still')]);
  });

  it('is told once, however many files it is chosen for', () => {
    expect(chosenChains([file('/a'), file('/b')], choices, [CHAIN, { ...CHAIN, name: 'other' }]).map(({ name }) => name)).toEqual(['captioned']);
    expect(chosenChains([file('/c.mp4')], choices, [CHAIN])).toEqual([]);
  });

  it('takes for a step whose file is needed only recipes that make the same kind of file', () => {
    const recipes = [recipe('srt', 'transcribe', { formats: ['srt'] }), recipe('vtt', 'transcribe', { formats: ['vtt'] }), recipe('web', 'video_convert', { container: 'mp4', quality: 'high' }), recipe('phone', 'video_convert', { container: 'mp4' }), recipe('old', 'video_convert', { container: 'webm' }), recipe('still', 'video_thumbnail', {}), recipe('png', 'video_thumbnail', { format: 'png' })];
    const names = CHAIN.chain.map((one) => replacements(one, CHAIN.chain, recipes));
    expect(names).toEqual([['srt'], ['web', 'phone'], ['still', 'png'], ['still', 'png']]);
  });

  it('stays whole where there are more tasks than the engine takes at once', () => {
    const work = workOf([file('/a'), file('/b'), file('/c.mp4')], choices, null, [CHAIN]);
    expect(batchesOf(work, 5).map((batch) => batch.length)).toEqual([4, 5]);
    expect(batchesOf(work, 100).flat()).toEqual(work.flat());
    expect(batchesOf([], 5)).toEqual([]);
  });
});
