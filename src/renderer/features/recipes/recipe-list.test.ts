import { describe, expect, it } from 'vitest';
import { PURPOSES } from '../../../shared/recipe.ts';
import { freeName, groupRecipes, PURPOSE_ORDER, type Listed } from './recipe-list.ts';

const recipe = (name: string, purpose: Listed['purpose'], zh = '无'): Listed => ({
  name, version: 1, purpose, title: { en: name.toUpperCase(), zh }, description: { en: 'Small film.', zh }, type: 'video_convert', suffix: '', options: {}, isOwn: false,
});

describe('the list of recipes', () => {
  it('has the purposes of the recipes themselves', () => {
    expect(PURPOSE_ORDER).toEqual(PURPOSES);
  });

  it('is grouped by purpose, and narrowed by words in either language', () => {
    const all = [recipe('b', 'email'), recipe('a', 'web', '网页视频'), recipe('c', 'web')];
    expect(groupRecipes(all, '').map(({ purpose, recipes }) => [purpose, ...recipes.map(({ name }) => name)])).toEqual([['web', 'a', 'c'], ['email', 'b']]);
    expect(groupRecipes(all, '视频').flatMap(({ recipes }) => recipes.map(({ name }) => name))).toEqual(['a']);
    expect(groupRecipes(all, 'film B').flatMap(({ recipes }) => recipes.map(({ name }) => name))).toEqual(['b']);
    expect(groupRecipes(all, 'film zebra')).toEqual([]);
  });

  it('suggests a name for a copy that is free', () => {
    expect(freeName('a', [recipe('a', 'web')])).toBe('my-a');
    expect(freeName('a', [recipe('my-a', 'web'), recipe('my-a-2', 'web')])).toBe('my-a-3');
  });
});
