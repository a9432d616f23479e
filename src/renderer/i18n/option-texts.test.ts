import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { optionsOf } from '../../shared/option-choices.ts';
import { OPTION_SCHEMAS } from '../../shared/options.ts';
import { TASK_TYPES } from '../../shared/task.ts';
import { optionHint, optionLabel, optionTakes, optionValue } from '../ui/options.ts';
import { LANGUAGES, resourcesOf } from './index.ts';

const resources = resourcesOf(import.meta.glob<Readonly<Record<string, unknown>>>('./*/*.json', { eager: true, import: 'default' }));

const options = TASK_TYPES.flatMap((type) => optionsOf({ type, options: {} }).map((option) => ({ type, option })));
const byName = z.record(z.string(), z.string());
const texts = z.looseObject({ labels: byName, hints: byName, takes: z.looseObject({ of: byName }) });
/** The names of codecs, files, axes, sizes and colour scales are the same in every language. */
const NAMES = /^(\d+p|\d+:\d+|y|z|aac|ass|av1|avif|cool|csv|fire|flac|gif|green|h26[45]|intensity|channel|jpe?g|json|m4a|magma|mk[av]|moreland|mov|mp[34]|ogg|opus|pcm|plasma|png|rainbow|srt|tiff|txt|viridis|vp9|vtt|wav|webm|webp)$/;

describe.each(LANGUAGES)('the options in %s', (language) => {
  // English would stand in for what is missing.
  beforeAll(() => i18next.init({ resources, lng: language, fallbackLng: false, interpolation: { escapeValue: false } }));

  it('every one has a label, and no two of a type have the same', () => {
    expect(options.length).toBeGreaterThan(100);
    for (const { type, option: { name } } of options) {
      const label = optionLabel(type, name);
      expect(label, `${type}.${name}`).not.toBe(name);
      expect(options.filter((other) => other.type === type && optionLabel(type, other.option.name) === label)).toHaveLength(1);
    }
  });

  it('every one says what it takes in words of the language, and none by a pattern', () => {
    const engineWords = new Set(options.map(({ option }) => option.takes));
    for (const { type, option } of options) {
      const takes = optionTakes(type, option);
      expect(takes, `${type}.${option.name}`).not.toMatch(/options:|\{\{|[\^$\\]/);
      if (language !== 'en' && option.values === null) expect(engineWords.has(takes), `${type}.${option.name}: ${takes}`).toBe(false);
    }
  });

  it('every value to choose is in words, but for names', () => {
    for (const { type, option } of options) {
      for (const value of option.values ?? []) {
        const shown = optionValue(type, option.name, value);
        if (language === 'en') expect(shown, `${type}.${option.name}=${value}`).not.toMatch(/^[a-z]+[A-Z]|_/);
        else if (!NAMES.test(value)) expect(shown, `${type}.${option.name}=${value}`).toMatch(/\p{Script=Han}/u);
      }
    }
  });

  it('what is no known word is shown as it is typed', () => {
    expect(optionValue('video_convert', 'subtitleFile', '/films/auto.srt')).toBe('/films/auto.srt');
    expect(optionValue('transcribe', 'model', 'large-v3')).toBe('large-v3');
    expect(optionValue('video_convert', 'shape', '16:9')).toBe('16:9');
    expect(optionLabel('transcribe', 'nonesuch')).toBe('nonesuch');
  });
});

describe('the texts of options', () => {
  it.each(LANGUAGES)('%s has none for an option that there is no more', (language) => {
    const names = new Set(Object.values(OPTION_SCHEMAS).flatMap((schema) => Object.keys(schema.shape)));
    const { labels, hints, takes } = texts.parse(resources[language]?.['options']);
    expect([labels, hints, takes.of].flatMap((one) => Object.keys(one)).filter((name) => !names.has(name))).toEqual([]);
  });

  it('a hint for one type is not shown for another', async () => {
    await i18next.changeLanguage('en');
    expect(optionHint('video_convert', 'quality')).toContain('half the size');
    expect(optionHint('document_preview', 'quality')).toBe('For JPEG and WebP.');
  });
});
