import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addModel, removeModel } from './model-catalogue.ts';
import type { ModelSurroundings } from './model-folders.ts';
import { modelFolders } from './model-folders.ts';
import { chooseModel, scanModels, type FoundModel, type ModelWish } from './models.ts';
import { writeModelHead } from './test-models.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'longhaul-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function surroundings(env: Record<string, string> = {}): ModelSurroundings {
  return { env, platform: 'linux', homeDir: home, modelsDir: join(home, 'data', 'models'), bundledModelsDir: join(home, 'bundled') };
}

function put(folder: string, name: string, ...head: Parameters<typeof writeModelHead> extends [string, ...infer Rest] ? Rest : never): string {
  mkdirSync(join(home, folder), { recursive: true });
  const path = join(home, folder, name);
  writeModelHead(path, ...head);
  return path;
}

describe('scanModels', () => {
  it('finds the models of all folders, each file once, and says whose they are', async () => {
    put('data/models', 'ggml-small.bin', 'small');
    put('chosen', 'ggml-medium.en-q5_0.bin', 'medium', { isEnglish: true, fileType: 8 });
    put('bundled', 'ggml-tiny.en-q8_0.bin', 'tiny', { isEnglish: true, fileType: 2007 });
    put('.cache/Buzz/models', 'ggml-model-whisper-base.bin', 'base');
    const blob = put('hub/models--ggerganov--whisper.cpp/blobs', 'abcdef', 'turbo', { isV3: true });
    mkdirSync(join(home, 'hub/models--ggerganov--whisper.cpp/snapshots/1234'), { recursive: true });
    symlinkSync(blob, join(home, 'hub/models--ggerganov--whisper.cpp/snapshots/1234/ggml-large-v3-turbo.bin'));
    symlinkSync(join(home, 'data/models/ggml-small.bin'), join(home, 'chosen', 'ggml-small-again.bin'));
    const found = await scanModels(surroundings({ LONGHAUL_MODELS: join(home, 'chosen'), HF_HUB_CACHE: join(home, 'hub') }));
    expect(found.map((model) => [model.name, model.owner, model.sizeClass, model.isMultilingual, model.quantisation])).toEqual([
      ['small', 'Longhaul', 'small', true, 'f16'],
      ['medium.en-q5_0', 'LONGHAUL_MODELS', 'medium', false, 'q5_0'],
      ['tiny.en-q8_0', 'bundled', 'tiny', false, 'q8_0'],
      ['base', 'Buzz', 'base', true, 'f16'],
      ['large-v3-turbo', 'Hugging Face cache', 'turbo', true, 'f16'],
    ]);
  });

  it('passes over what only has the name of a model', async () => {
    mkdirSync(join(home, 'data', 'models'), { recursive: true });
    writeFileSync(join(home, 'data', 'models', 'ggml-silero-v5.1.2.bin'), Buffer.alloc(1000));
    writeFileSync(join(home, 'data', 'models', 'ggml-empty.bin'), '');
    expect(await scanModels(surroundings())).toEqual([]);
  });

  it.each(['linux', 'darwin', 'win32'] as const)('knows other programs\' folders on %s', (platform) => {
    const owners = new Set(modelFolders({ ...surroundings(), platform }).map((folder) => folder.owner));
    expect([...owners]).toEqual(expect.arrayContaining(['Longhaul', 'bundled', 'whisper.cpp', 'Buzz', 'Vibe', 'Hugging Face cache']));
    expect(owners.has('MacWhisper')).toBe(platform === 'darwin');
  });
});

function model(name: string, sizeClass: FoundModel['sizeClass'], extra: Partial<FoundModel> = {}): FoundModel {
  const isEnglish = name.includes('.en');
  return { name, path: `/models/ggml-${name}.bin`, sizeBytes: 100e6, sizeClass, isMultilingual: !isEnglish, canTranslate: !isEnglish && sizeClass !== 'turbo', quantisation: 'f16', owner: 'Longhaul', ...extra };
}

const WISH: ModelWish = { language: 'en', translate: false, model: 'auto', memoryBytes: 16e9 };
const BUNDLED = model('tiny.en-q8_0', 'tiny', { owner: 'bundled', quantisation: 'q8_0' });

function chosen(models: readonly FoundModel[], wish: Partial<ModelWish>): string {
  return chooseModel(models, { ...WISH, ...wish }).model.name;
}

describe('chooseModel', () => {
  it('prefers large-v3, turbo, medium, small, base, tiny, and then the bundled one', () => {
    const order = [model('large-v3', 'large-v3'), model('large-v3-turbo', 'turbo'), model('medium', 'medium'), model('small', 'small'), model('base', 'base'), model('tiny', 'tiny'), BUNDLED];
    for (let count = 1; count <= order.length; count += 1) expect(chosen([...order.slice(-count)].reverse(), {})).toBe(order.at(-count)?.name);
  });

  it('takes English-only models for English, and only for that', () => {
    const models = [model('small.en', 'small'), model('small', 'small'), model('base', 'base')];
    expect(chosen(models, { language: 'en' })).toBe('small.en');
    expect(chosen(models, { language: 'de' })).toBe('small');
    expect(chosen(models, { language: 'auto' })).toBe('small');
    expect(chosen([BUNDLED], { language: 'auto' })).toBe('tiny.en-q8_0');
    expect(chosen([model('medium.en', 'medium'), model('tiny', 'tiny')], { language: 'auto' })).toBe('tiny');
    expect(() => chosen([BUNDLED], { language: 'de' })).toThrow(expect.objectContaining({ code: 'MODEL_LANGUAGE', message: expect.stringContaining('longhaul models add small') }));
  });

  it('translates only with models that can', () => {
    expect(chosen([model('large-v3-turbo', 'turbo'), model('small', 'small')], { translate: true, language: 'auto' })).toBe('small');
    expect(() => chosen([BUNDLED, model('large-v3-turbo', 'turbo')], { translate: true })).toThrow(expect.objectContaining({ code: 'MODEL_LANGUAGE' }));
  });

  it('passes over a model that the memory can\'t hold, and says so', () => {
    const choice = chooseModel([model('large-v3', 'large-v3', { sizeBytes: 3.1e9 }), model('small', 'small', { sizeBytes: 488e6 })], { ...WISH, memoryBytes: 4e9 });
    expect(choice.model.name).toBe('small');
    expect(choice.warnings).toHaveLength(1);
    expect(chosen([model('large-v3', 'large-v3', { sizeBytes: 3.1e9 })], { memoryBytes: 1e9 })).toBe('large-v3');
  });

  it('finds a model by name, short name and path', () => {
    const models = [model('small-q5_1', 'small', { quantisation: 'q5_1' }), model('small', 'small'), model('large-v3-turbo', 'turbo'), BUNDLED];
    expect(chosen(models, { model: 'small-q5_1' })).toBe('small-q5_1');
    expect(chosen(models, { model: 'turbo' })).toBe('large-v3-turbo');
    expect(chosen(models, { model: 'tiny.en' })).toBe('tiny.en-q8_0');
    expect(chosen(models, { model: '/models/ggml-small.bin' })).toBe('small');
  });

  it('says how to get what is not there', () => {
    expect(() => chosen([], {})).toThrow(expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('longhaul models add small') }));
    expect(() => chosen([BUNDLED], { model: 'medium' })).toThrow(expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('longhaul models add medium') }));
    expect(() => chosen([BUNDLED], { model: 'tiny.en', language: 'fr' })).toThrow(expect.objectContaining({ code: 'MODEL_LANGUAGE' }));
  });
});

describe('addModel and removeModel', () => {
  const quiet = { signal: new AbortController().signal, onProgress: () => undefined };

  it('downloads nothing that is on the machine already', async () => {
    put('.cache/Buzz/models', 'ggml-model-whisper-base.bin', 'base');
    const added = await addModel({ name: 'base', surroundings: surroundings({ LONGHAUL_MODELS_URL: 'http://127.0.0.1:9/' }), ...quiet });
    expect(added).toMatchObject({ kind: 'present', model: { owner: 'Buzz' } });
  });

  it.each(['../../evil', 'a/b', '', '-x'])('refuses %j as a name', async (name) => {
    await expect(addModel({ name, surroundings: surroundings(), ...quiet })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('removes from Longhaul\'s own folder only', async () => {
    const own = put('data/models', 'ggml-small.bin', 'small');
    put('.cache/Buzz/models', 'ggml-model-whisper-base.bin', 'base');
    expect(await removeModel('small', surroundings())).toBe(own);
    expect((await scanModels(surroundings())).map((found) => found.name)).toEqual(['base']);
    await expect(removeModel('base', surroundings())).rejects.toThrow(/Buzz/);
    await expect(removeModel('small', surroundings())).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });

  it('removes a damaged model, as the message about it asks for', async () => {
    mkdirSync(join(home, 'data', 'models'), { recursive: true });
    writeFileSync(join(home, 'data', 'models', 'ggml-medium.bin'), 'no model');
    await expect(removeModel('medium', surroundings())).resolves.toContain('ggml-medium.bin');
  });
});
