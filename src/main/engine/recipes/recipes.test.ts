/** The recipes that come along: readable, complete, and each of them done for real. LONGHAUL_LONG=1 does all of them, else a handful. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { OPTION_SCHEMAS } from '../../../shared/options.ts';
import { PURPOSES, type Recipe } from '../../../shared/recipe.ts';
import { recipeJsonSchema } from '../../../shared/recipe-json-schema.ts';
import { createTestTask } from '../handlers/test-context.ts';
import { ffmpeg } from '../handlers/test-sources.ts';
import { NEEDS_WHISPER, SAMPLE, whisperCliPath } from '../handlers/transcribe/test-speech.ts';
import { handler as transcribe } from '../handlers/transcribe/index.ts';
import { handler as videoConvert } from '../handlers/video-convert/index.ts';
import { handler as videoPreview } from '../handlers/video-preview/index.ts';
import { handler as videoThumbnail } from '../handlers/video-thumbnail/index.ts';
import type { Handler } from '../handlers/handler.ts';
import { Recipes } from '../recipes.ts';
import { outputExtensions } from './output-extensions.ts';
import { readRecipe, writeRecipe } from './recipe-file.ts';

const DIR = join(import.meta.dirname, '../../../../resources/recipes');
const FILES = readdirSync(DIR).filter((name) => name.endsWith('.json') && name !== 'schema.json');
const recipes = await Recipes.load(DIR);
const HANDLERS: ReadonlyMap<string, Handler> = new Map([transcribe, videoConvert, videoPreview, videoThumbnail].map((handler) => [handler.type, handler]));
const isLong = process.env['LONGHAUL_LONG'] === '1';
/** One of each kind. */
const HANDFUL = new Set(['web-background', 'archive-h264', 'podcast-opus-small', 'preview-silent', 'film-strip', 'subtitles-srt']);

let dir = '';
let film = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-recipes-'));
  film = join(dir, 'film.mp4');
  // A few seconds with speech, small, with another picture each second.
  ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=4', '-t', '4', '-i', SAMPLE, '-map', '0:v', '-map', '1:a', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-c:a', 'aac', film]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the recipes that come along', () => {
  it('are at least sixty, of every purpose, and with at least three chains', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(60);
    expect(recipes.all.length + recipes.chains.length).toBe(FILES.length);
    expect(new Set([...recipes.all, ...recipes.chains].map(({ purpose }) => purpose))).toEqual(new Set(PURPOSES));
    expect(recipes.chains.length).toBeGreaterThanOrEqual(3);
  });

  it.each(FILES)('%s is called like its file, fits its published schema, and says in each language what it is', (file) => {
    const text = readFileSync(join(DIR, file), 'utf8');
    const reading = readRecipe(text);
    if ('problem' in reading) throw new Error(reading.problem);
    const { recipe } = reading;
    expect(`${recipe.name}.json`).toBe(file);
    expect(recipe.title.zh + recipe.description.zh).toMatch(/\p{Script=Han}/u);
    expect(recipe.title.en + recipe.description.en).not.toMatch(/\p{Script=Han}/u);
    expect(readRecipe(writeRecipe(recipe))).toEqual(reading);
    expect(Math.max(...text.split('\n').map((line) => line.length)), 'longest line').toBeLessThanOrEqual(180);
    if ('options' in recipe) expect(OPTION_SCHEMAS[recipe.type].safeParse(recipe.options).error).toBeUndefined();
  });

  it('are each called differently', () => {
    for (const language of ['en', 'zh'] as const) {
      const titles = [...recipes.all, ...recipes.chains].map(({ title }) => title[language]);
      expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
    }
  });

  it('have the schema that the code has (npm run docs writes it)', () => {
    expect(JSON.parse(readFileSync(join(DIR, 'schema.json'), 'utf8'))).toEqual(z.json().parse(JSON.parse(JSON.stringify(recipeJsonSchema()))));
  });
});

const DONE_HERE = recipes.all.filter(({ name, type }) => HANDLERS.has(type) && (isLong || HANDFUL.has(name)));

describe(isLong ? 'each recipe for video and sound, done for real' : 'a handful of recipes, done for real (LONGHAUL_LONG=1: all)', () => {
  it.each(DONE_HERE.map((recipe) => [needsMore(recipe), recipe] as const))('%s', async (name, recipe) => {
    const handler = HANDLERS.get(recipe.type);
    if (handler === undefined || name.includes('(needs')) return;
    const options = recipe.options['burnSubtitles'] === 'file' ? { ...recipe.options, subtitleFile: writtenSubtitles() } : recipe.options;
    const task = createTestTask(handler, { inputs: [film], options, suffix: recipe.suffix, recipe: recipe.name });
    try {
      const drafts = await task.run();
      const extensions = outputExtensions({ type: recipe.type, options: handlerOptions(recipe) });
      expect(drafts.map(({ fileName }) => fileName.split('.').at(-1)).sort()).toEqual([...(extensions ?? [])].sort());
      for (const { fileName } of drafts) expect(fileName.startsWith(`film${recipe.suffix}.`), fileName).toBe(true);
    } finally {
      task.dispose();
    }
  }, 300_000);
});

function needsMore({ name, type, options }: Recipe): string {
  if (type !== 'transcribe') return name;
  if (whisperCliPath === null) return `${name} ${NEEDS_WHISPER}`;
  return options['translate'] === true ? `${name} (needs a multilingual model: not tried)` : name;
}

function handlerOptions({ type, options }: Recipe): Recipe['options'] {
  return z.record(z.string(), z.json()).parse(OPTION_SCHEMAS[type].parse(options));
}

function writtenSubtitles(): string {
  const path = join(dir, 'film.srt');
  writeFileSync(path, '1\n00:00:00,500 --> 00:00:03,000\nSpoken words\n');
  return path;
}
