/** The recipes for what this folder and its neighbours do beyond plain conversion, each done for real. LONGHAUL_LONG=1 does all, else a handful. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Recipes } from '../../recipes.ts';
import { handler as audioPicture } from '../audio-picture/index.ts';
import type { Handler } from '../handler.ts';
import { createTestTask } from '../test-context.ts';
import { ffmpeg } from '../test-sources.ts';
import { handler as videoConvert } from '../video-convert/index.ts';
import { handler as videoPreview } from '../video-preview/index.ts';
import { handler as mediaEdit } from './index.ts';

const recipes = await Recipes.load(join(import.meta.dirname, '../../../../../resources/recipes'));
const HANDLERS: ReadonlyMap<string, Handler> = new Map([audioPicture, mediaEdit, videoConvert, videoPreview].map((handler) => [handler.type, handler]));
/** What each makes of film.mkv. */
const MADE: Readonly<Record<string, string>> = {
  'loudness-podcast': 'film.podcast.m4a', 'loudness-broadcast': 'film.r128.wav', 'loudness-web': 'film.loud.mp4', 'gif': 'film.gif', 'animated-webp': 'film.webp', 'animated-thumbnail': 'film.thumbnail.webp',
  'waveform': 'film.waveform.png', 'waveform-stereo': 'film.waveform.png', 'spectrogram': 'film.spectrogram.png', 'remux-mp4': 'film.mp4', 'remux-mkv': 'film.mkv', 'remux-mov': 'film.mov',
  'trim': 'film.piece.mkv', 'trim-exact': 'film.piece.mkv', 'join': 'film.joined.mkv', 'join-any': 'film.joined.mkv', 'audio-track': 'film.m4a', 'subtitles-out': 'film.srt', 'add-subtitles': 'film.subtitled.mkv',
  'burn-in': 'film.captioned.mp4', 'film-9x16': 'film.9x16.mp4', 'film-1x1': 'film.1x1.mp4', 'film-4x5': 'film.4x5.mp4', 'film-9x16-bars': 'film.9x16.mp4', 'archive-deinterlaced': 'film.archive.mkv',
  'pictures-out': 'film.000001.png', 'email-25mb': 'film.25mb.mp4', 'whatsapp-16mb': 'film.16mb.mp4',
};
/** What is quick. */
const HANDFUL = ['remux-mp4', 'join', 'subtitles-out', 'waveform', 'spectrogram', 'gif', 'pictures-out'];
const names = process.env['LONGHAUL_LONG'] === '1' ? Object.keys(MADE) : HANDFUL;

let folder = '';
let film = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-media-recipes-'));
  film = join(folder, 'film.mkv');
  writeFileSync(join(folder, 'film.srt'), '1\n00:00:00,500 --> 00:00:02,000\nSpoken words\n');
  ffmpeg([
    '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=4', '-f', 'lavfi', '-i', 'sine=f=400:d=4:r=48000,volume=-20dB', '-i', join(folder, 'film.srt'), '-map', '0', '-map', '1', '-map', '2',
    '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-ac', '2', '-c:s', 'srt', film,
  ]);
  copyFileSync(film, join(folder, 'second.mkv'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(names)('%s', async (name) => {
  const recipe = recipes.get(name);
  const handler = HANDLERS.get(recipe.type);
  if (handler === undefined) throw new Error(`No handler does ${recipe.type}.`);
  const files = recipe.options['action'] === 'join' ? { files: [join(folder, 'second.mkv')] } : {};
  const task = createTestTask(handler, { inputs: [film], options: { ...recipe.options, ...files }, suffix: recipe.suffix, recipe: name });
  try {
    expect((await task.run())[0]?.fileName).toBe(MADE[name]);
  } finally {
    task.dispose();
  }
}, 120_000);
