import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../shared/errors.ts';
import { languageOf, LANGUAGES, resourcesOf } from './index.ts';

const texts = resourcesOf(import.meta.glob<Readonly<Record<string, unknown>>>('./*/*.json', { eager: true, import: 'default' }));
const sources = import.meta.glob<string>(['../**/*.ts', '../**/*.tsx', '!../**/*.test.ts'], { eager: true, query: '?raw', import: 'default' });

/** `queue:states.paused` → its text. Plural forms count as one key. */
function flat(language: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') {
      const key = path.replace(/_(zero|one|two|few|many|other)$/, '');
      found.set(key, [...(found.get(key) ?? []), value]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) walk(inner, path === '' ? name : path.endsWith(':') ? `${path}${name}` : `${path}.${name}`);
    }
  };
  for (const [namespace, values] of Object.entries(texts[language] ?? {})) walk(values, `${namespace}:`);
  return found;
}

const placeholders = (text: string) => new Set([...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name));

describe('the texts', () => {
  const english = flat('en');

  it.each(LANGUAGES.filter((language) => language !== 'en'))('%s has every text that English has, and no other', (language) => {
    expect([...flat(language).keys()].sort()).toEqual([...english.keys()].sort());
  });

  it.each(LANGUAGES)('%s has no empty text, and no placeholder that English does not fill', (language) => {
    for (const [key, forms] of flat(language)) {
      const known = new Set((english.get(key) ?? []).flatMap((text) => [...placeholders(text)]));
      for (const text of forms) {
        expect(text.trim(), key).not.toBe('');
        expect([...placeholders(text)].filter((name) => !known.has(name)), key).toEqual([]);
      }
    }
  });

  it('every error code says what happened and what to do', () => {
    for (const code of [...ERROR_CODES, 'DISCONNECTED']) expect(english.has(`errors:${code}`), code).toBe(true);
  });

  it('every key that the code names by itself exists', () => {
    let asked = 0;
    for (const [path, source] of Object.entries(sources)) {
      // A file that is handed its t by another does not say of which namespace it is.
      const [, namespace] = /useTranslation\(\[?'([\w-]+)'/.exec(source) ?? (source.includes('useTranslation()') ? ['', 'app'] : []);
      for (const [, key = ''] of source.matchAll(/\bt\('([\w:.-]+)'/g)) {
        if (namespace === undefined && !key.includes(':')) continue;
        asked += 1;
        const full = key.includes(':') ? key : `${namespace ?? ''}:${key}`;
        expect(english.has(full), `${full} in ${path}`).toBe(true);
      }
    }
    expect(asked).toBeGreaterThan(50);
  });
});

describe('the language', () => {
  it('is the chosen one, else the first of the system that there is, else English', () => {
    expect(languageOf('zh-CN', ['en'])).toBe('zh-CN');
    expect(languageOf('system', ['de', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(languageOf('system', ['fr', 'en-GB', 'zh'])).toBe('en');
    expect(languageOf('system', [])).toBe('en');
  });
});
