import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkModel } from './model-check.ts';
import { isMultilingual, modelNameOf, quantisationOf, sizeClassOf } from './model-header.ts';
import { verifyModel } from './model-sums.ts';
import { BUNDLED_MODEL, damagedCopy, VOCABULARY_COUNT_AT } from './test-models.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-models-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const signal = new AbortController().signal;

describe('checkModel', () => {
  it('accepts the bundled model and knows what it is', async () => {
    const header = await checkModel(BUNDLED_MODEL);
    expect([sizeClassOf(header), isMultilingual(header), quantisationOf(header), modelNameOf(BUNDLED_MODEL, header)]).toEqual(['tiny', false, 'q8_0', 'tiny.en-q8_0']);
    expect(modelNameOf('/somewhere/my-model.bin', header)).toBe('tiny.en-q8_0');
  });

  it('says that a file is not there', async () => {
    await expect(checkModel(join(dir, 'none.bin'))).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });

  const cases: readonly (readonly [string, (path: string) => void])[] = [
    ['an empty file', (path) => writeFileSync(path, '')],
    ['random bytes', (path) => writeFileSync(path, randomBytes(100_000))],
    ['a web page saved as a model', (path) => writeFileSync(path, `<!doctype html>${' '.repeat(1000)}`)],
    ['a file cut off in its weights', (path) => { copyFileSync(BUNDLED_MODEL, path); truncateSync(path, 30_000_000); }],
    ['a file cut off between two parts of its head', (path) => { copyFileSync(BUNDLED_MODEL, path); truncateSync(path, 60); }],
    ['a file with more behind its end', (path) => { writeFileSync(path, Buffer.concat([readFileSync(BUNDLED_MODEL), Buffer.alloc(5000)])); }],
    ['a vocabulary count that is far too large', (path) => damagedCopy(path, VOCABULARY_COUNT_AT, 2_000_000_000)],
    ['a vocabulary count that is slightly wrong', (path) => damagedCopy(path, VOCABULARY_COUNT_AT, 50_200)],
    ['a negative vocabulary count', (path) => damagedCopy(path, VOCABULARY_COUNT_AT, -1)],
    ['a token of a gigabyte', (path) => damagedCopy(path, VOCABULARY_COUNT_AT + 4, 1_000_000_000)],
    ['a wrong number of layers', (path) => damagedCopy(path, 20, 6)],
  ];
  it.each(cases)('refuses %s', async (name, make) => {
    const path = join(dir, 'damaged.bin');
    make(path);
    await expect(checkModel(path), name).rejects.toMatchObject({ code: 'MODEL_DAMAGED' });
  });
});

describe('verifyModel', () => {
  it('finds weights that were changed in place, and remembers what was right', async () => {
    const dirs = { modelsDir: join(dir, 'own'), bundledModelsDir: dir };
    const path = join(dir, basename(BUNDLED_MODEL));
    copyFileSync(BUNDLED_MODEL, path);
    await verifyModel(path, dirs, signal);
    expect(readFileSync(join(dirs.modelsDir, 'verified.json'), 'utf8')).toContain('9bd0c0cd');
    const bytes = readFileSync(path);
    bytes[40_000_000] = (bytes[40_000_000] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await expect(verifyModel(path, dirs, signal)).rejects.toMatchObject({ code: 'MODEL_DAMAGED' });
  });
});
