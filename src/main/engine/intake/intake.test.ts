import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InspectedFile } from '../../../shared/contract.ts';
import { resolveSettings, type Settings } from '../../../shared/settings.ts';
import { testTools } from '../handlers/test-tools.ts';
import { ffmpeg } from '../handlers/test-sources.ts';
import { Recipes } from '../recipes.ts';
import { createIntakeVerbs } from '../verbs/intake.ts';
import { inTurns } from './in-turns.ts';
import { readPath } from './pasted-path.ts';
import { Inspection } from './inspect.ts';
import { Readings } from './readings.ts';
import { Walk, type Walked } from './walk.ts';

const RECIPES_DIR = join(import.meta.dirname, '../../../../resources/recipes');
const isRoot = process.getuid?.() === 0;
let recipes: Recipes;
let media = '';
let dir = '';
beforeAll(async () => {
  recipes = await Recipes.load(RECIPES_DIR);
  media = mkdtempSync(join(tmpdir(), 'longhaul-media-'));
  ffmpeg(['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=10:d=1', '-f', 'lavfi', '-i', 'sine=d=1', '-c:v', 'libx264', '-c:a', 'aac', join(media, 'film.mp4')]);
  ffmpeg(['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=10:d=1', '-c:v', 'libx264', join(media, 'silent.mov')]);
  for (const name of ['film.mkv', 'film.avi', 'film.ts', 'film.mpg', 'film.flv', 'film.wmv']) ffmpeg(['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=1', join(media, name)]);
  ffmpeg(['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=10:d=1', '-c:v', 'libvpx', join(media, 'film.webm')]);
  for (const name of ['a.mp3', 'a.m4a', 'a.wav', 'a.flac', 'a.aiff', 'a.wma', 'a.mka', 'a.aac', 'a.ac3', 'a.caf']) ffmpeg(['-f', 'lavfi', '-i', 'sine=d=1', join(media, name)]);
  ffmpeg(['-f', 'lavfi', '-i', 'sine=d=1', '-id3v2_version', '0', '-write_xing', '0', join(media, 'bare.mp3')]);
  ffmpeg(['-f', 'lavfi', '-i', 'sine=d=1', '-c:a', 'libopus', join(media, 'a.opus')]);
  ffmpeg(['-f', 'lavfi', '-i', 'testsrc=s=64x48', '-frames:v', '1', join(media, 'picture.png')]);
  ffmpeg(['-f', 'lavfi', '-i', 'testsrc=s=64x48', '-frames:v', '1', join(media, 'picture.webp')]);
});
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'longhaul-intake-')); });
afterEach(() => rmSync(dir, { recursive: true, force: true }));
afterAll(() => rmSync(media, { recursive: true, force: true }));

function verbs(settings: Partial<Settings> = {}, hasTools = true) {
  return createIntakeVerbs({ recipes, settings: () => resolveSettings(settings), tools: hasTools ? testTools() : null, store: { pace: () => Promise.resolve(null) }, ...parts('this start') }).verbs;
}

/** A clock on which a minute goes by between two looks at it: a piece is over as soon as it may be. */
function parts(epoch: string) {
  let minutes = 0;
  return { clock: { monotonicMs: () => (minutes += 1) * 60_000 }, feed: { epoch } };
}

async function inspect(...paths: string[]): Promise<InspectedFile[]> {
  return (await verbs().inspectFiles({ paths })).files;
}

async function inspectOne(path: string): Promise<InspectedFile> {
  const [file] = await inspect(path);
  if (file === undefined) throw new Error(`Nothing was said of ${path}.`);
  return file;
}

function put(name: string, contents: string | Uint8Array = 'x'): string {
  const path = join(dir, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, contents);
  return path;
}

describe('inspectFiles', () => {
  it.each(['film.mp4', 'silent.mov', 'film.mkv', 'film.avi', 'film.ts', 'film.mpg', 'film.flv', 'film.wmv', 'film.webm'])('takes %s for video', async (name) => {
    expect(await inspectOne(join(media, name))).toMatchObject({ kind: 'video', problem: null });
  });

  it.each(['a.mp3', 'bare.mp3', 'a.m4a', 'a.wav', 'a.flac', 'a.aiff', 'a.wma', 'a.mka', 'a.aac', 'a.ac3', 'a.caf', 'a.opus'])('takes %s for audio', async (name) => {
    expect(await inspectOne(join(media, name))).toMatchObject({ kind: 'audio', problem: null });
  });

  it.each([
    ['letter.pdf', '%PDF-1.7 \x01\x02'], ['called-otherwise.mp4', '%PDF-1.7 \x01\x02'], ['letter.docx', 'PK\x03\x04\x14\0\0\0\0\0'], ['book', `PK\x03\x04${'\0'.repeat(26)}mimetypeapplication/epub+zip`],
    ['old.doc', Buffer.from('d0cf11e0a1b11ae1', 'hex')], ['letter.rtf', '{\\rtf1 Hello}'], ['notes.txt', "I'm free today."], ['readme.md', '# Read me'], ['page.html', '<p>Hello'], ['program.py', 'print(1)\n'], ['wide.txt', Buffer.from('\ufeffHello', 'utf16le')],
  ])('takes %s for a document', async (name, contents) => {
    const file = await inspectOne(put(name, contents));
    expect(file).toMatchObject({ kind: 'document', problem: null });
    expect(file.recipes).toEqual(recipes.all.filter(({ type }) => type === 'document_preview').map(({ name: recipe }) => recipe).sort((a, b) => Number(b === 'document-preview') - Number(a === 'document-preview')));
  });

  it.each([
    ['part.stl', Buffer.concat([Buffer.alloc(80), Buffer.from([1, 0, 0, 0]), Buffer.alloc(50)])], ['cut-short.stl', Buffer.concat([Buffer.alloc(80), Buffer.from([9, 0, 0, 0]), Buffer.alloc(50)])], ['written.stl', 'solid part\n facet normal 0 0 1\n'],
    ['called-otherwise.bin', Buffer.concat([Buffer.alloc(80), Buffer.from([1, 0, 0, 0]), Buffer.alloc(50)])], ['statue.obj', '# a statue\nv 0 0 0\n'], ['scan.ply', 'ply\nformat ascii 1.0\n'], ['scan', 'ply\nformat binary_little_endian 1.0\n'],
    ['scene.gltf', '{"asset":{"version":"2.0"}}'], ['scene.glb', 'glTF\x02\0\0\0\x10\0\0\0'], ['print.3mf', 'PK\x03\x04\x14\0\0\0\0\0'],
  ])('takes %s for a 3D model', async (name, contents) => {
    const file = await inspectOne(put(name, contents));
    expect(file).toMatchObject({ kind: 'mesh', problem: null });
    expect(file.recipes).toEqual(['model-still', 'model-data', 'model-sides', 'model-turntable-webp', 'model-turntable'].sort((a, b) => recipes.all.findIndex(({ name: one }) => one === a) - recipes.all.findIndex(({ name: one }) => one === b)).sort((a, b) => Number(b === 'model-still') - Number(a === 'model-still')));
  });

  it.each(['part.stl', 'statue.obj', 'scan.ply', 'scene.gltf', 'scene.glb', 'print.3mf'])('does not take text that calls itself %s for a model', async (name) => {
    expect(await inspectOne(put(name, 'Dear diary, this is text.'))).toMatchObject({ kind: 'other', problem: { code: 'INPUT_NOT_MEDIA' } });
  });

  it('tells recipes that fit, the one of the settings first', async () => {
    const film = await inspectOne(join(media, 'film.mp4'));
    expect(film.recipes[0]).toBe('mp4-h264');
    expect(film.recipes.filter((name) => recipes.find(name) !== undefined).sort()).toEqual(recipes.all.filter(({ type, options }) => !/^(report|maintenance|image_.*|document_.*|model_.*)$/.test(type) && options['action'] !== 'fromPictures').map(({ name }) => name).sort());
    expect(film.sizeBytes).toBeGreaterThan(1000);
    const sound = (await inspectOne(join(media, 'a.wav'))).recipes;
    expect(sound).toEqual(expect.arrayContaining(['transcript', 'mp3', 'wav', 'waveform', 'trim']));
    expect(sound).not.toEqual(expect.arrayContaining(['mp4-h264']));
    const { files } = await verbs({ 'recipe.audio': 'wav', 'recipe.video': 'a-recipe-of-the-past' }).inspectFiles({ paths: [join(media, 'a.wav'), join(media, 'film.mp4')] });
    expect(files.map(({ recipes: names }) => names[0])).toEqual(['wav', recipes.all[0]?.name]);
  });

  it.each([
    ['text that calls itself a film', 'INPUT_NOT_MEDIA', 'holiday.mp4', 'Dear diary, this is text.'],
    ['text that calls itself music', 'INPUT_NOT_MEDIA', 'song.mp3', 'Dear diary, this is text.'],
    ['a program text whose ending films have too', 'INPUT_NOT_MEDIA', 'index.ts', 'export const a = 1;\n'],
    ['text with the word of a film in its fifth place', 'INPUT_NOT_MEDIA', 'notes.xyz', "I'm free today."],
    ['an empty file', 'INPUT_EMPTY', 'empty.mp4', ''],
    ['a playlist in disguise', 'INPUT_NOT_ALLOWED', 'list.mp4', '#EXTM3U\n/etc/passwd\n'],
    ['a playlist', 'INPUT_NOT_ALLOWED', 'list.m3u8', '#EXTM3U\n#EXTINF:1,\na.ts\n'],
    ['a download that never came', 'INPUT_DAMAGED', 'film.mp4', '\0'.repeat(5000)],
    ['text that calls itself a PDF', 'INPUT_NOT_MEDIA', 'letter.pdf', 'Dear diary, this is text.'],
    ['an archive', 'INPUT_NOT_MEDIA', 'things.zip', 'PK\x03\x04\x14\0\0\0\0\0'],
  ])('refuses %s with %s', async (_, code, name, contents) => {
    const path = put(name, contents);
    const file = await inspectOne(path);
    expect(file).toMatchObject({ path, kind: 'other', recipes: [], problem: { code } });
    expect(file.problem?.message).toContain(name);
  });

  it.each([
    ['picture.png', null], ['picture.webp', null], ['photo.heic', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'], ['photo.avif', '\0\0\0\x18ftypavif\0\0\0\0mif1avif'], ['scan.tif', 'II*\0\x08\0\0\0'], ['photo.cr2', 'II*\0\x10\0\0\0CR'],
    ['photo.raf', 'FUJIFILMCCD-RAW 0201'], ['photo.orf', 'IIRO\x08\0\0\0'], ['photo.cr3', '\0\0\0\x18ftypcrx \0\0\0\x01crx isom'], ['drawing.svg', '<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['drawing', '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">\n<svg>'], ['holiday.mp4', '\xff\xd8\xff\xe0'],
  ])('takes %s for a picture, and tells recipes for pictures', async (name, contents) => {
    const file = await inspectOne(contents === null ? join(media, name) : put(name, Buffer.from(contents, 'latin1')));
    expect(file).toMatchObject({ kind: 'image', problem: null });
    expect(file.recipes[0]).toBe('image-web');
    expect([...file.recipes].sort()).toEqual(recipes.all.filter(({ type, options }) => type.startsWith('image_') || options['action'] === 'fromPictures').map(({ name: recipe }) => recipe).sort());
  });

  it('tells recipes for pictures and for films of a GIF', async () => {
    const { kind, recipes: names } = await inspectOne(put('moving.gif', 'GIF89a\x01\0\x01\0'));
    expect(kind).toBe('image');
    expect(names).toEqual(expect.arrayContaining(['image-webp', 'mp4-h264']));
    expect(names).not.toContain('transcript');
  });

  it('refuses pictures of kinds that can not be read, and what only calls itself one', async () => {
    expect(await inspectOne(put('layers.psd', '8BPS\0\x01'))).toMatchObject({ kind: 'other', problem: { code: 'INPUT_NOT_MEDIA', message: expect.stringContaining('Save it as PNG') } });
    expect(await inspectOne(put('photo.jpg', 'Dear diary, this is text.'))).toMatchObject({ kind: 'other', problem: { code: 'INPUT_NOT_MEDIA' } });
    expect(await inspectOne(put('photo.png', Buffer.alloc(2000)))).toMatchObject({ kind: 'other', problem: { code: 'INPUT_DAMAGED' } });
  });

  it('says of what is not there that it is missing, and of what is no file that it is none', async () => {
    expect(await inspectOne(join(dir, 'gone.mp4'))).toMatchObject({ problem: { code: 'INPUT_MISSING' } });
    expect(await inspectOne('film.mp4')).toMatchObject({ path: 'film.mp4', problem: { code: 'INPUT_MISSING', message: expect.stringContaining('full path') } });
    expect(await inspectOne(join(dir, `${'x'.repeat(300)}.mp4`))).toMatchObject({ problem: { code: 'INPUT_UNREADABLE' } });
    expect(await inspectOne(`${dir}/nul\0.mp4`)).toMatchObject({ problem: { code: 'INPUT_UNREADABLE' } });
    symlinkSync(join(dir, 'nowhere'), join(dir, 'broken.mp4'));
    expect(await inspectOne(join(dir, 'broken.mp4'))).toMatchObject({ problem: { code: 'INPUT_MISSING' } });
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [join(dir, 'pipe.mp4')]);
    expect(await inspectOne(join(dir, 'pipe.mp4'))).toMatchObject({ problem: { code: 'INPUT_UNREADABLE' } });
  });

  it.skipIf(isRoot)('says of files and folders without permission that they may not be read (not as root, who may read all)', async () => {
    const file = put('locked.mp4');
    chmodSync(file, 0);
    put('closed/film.mp4');
    chmodSync(join(dir, 'closed'), 0);
    const found = await inspect(dir);
    chmodSync(join(dir, 'closed'), 0o700);
    expect(found.map(({ path, problem }) => [path, problem?.code])).toEqual([[join(dir, 'closed'), 'INPUT_UNREADABLE'], [file, 'INPUT_UNREADABLE']]);
  });

  it('looks at a thousand files', async () => {
    for (let index = 0; index < 1000; index += 1) put(`many/${index}.mp4`, FILM_BYTES);
    const found = await inspect(dir);
    expect(found.filter(({ kind }) => kind === 'video')).toHaveLength(1000);
  });

  it('says of a named path that is no full one where it stands among the others', async () => {
    const film = join(media, 'film.mp4');
    expect((await inspect(film, 'film.mp4', media)).slice(0, 2).map(({ path, problem }) => [path, problem?.code])).toEqual([[film, undefined], ['film.mp4', 'INPUT_MISSING']]);
  });

  it('is asked for paths, or for more, and not for neither or both', async () => {
    for (const input of [{}, { paths: [] }, { paths: ['/a.mp4'], next: 'this start 1' }]) await expect(verbs().inspectFiles(input)).rejects.toThrow('give paths, or next alone');
  });
});

/** What begins as a film does. */
const FILM_BYTES = Buffer.concat([Buffer.from('\0\0\0\x18ftypisom\0\0\0\0', 'latin1'), Buffer.alloc(2000, 1)]);

describe('inspectFiles in pieces', () => {
  async function pieces(api: ReturnType<typeof verbs>, paths: string[]) {
    const all = [await api.inspectFiles({ paths, inPieces: true })];
    for (let next = all.at(-1)?.next ?? null; next !== null; next = all.at(-1)?.next ?? null) all.push(await api.inspectFiles({ next }));
    return all;
  }

  it('tells the first files of a folder before the others, and in the end the same as at once', async () => {
    for (let index = 0; index < 100; index += 1) put(`${index % 3}/${index}.mp4`, FILM_BYTES);
    for (const [name, contents] of [['1/empty.mp4', ''], ['1/text.mp4', 'text'], ['2/letter.xyz', 'text']] as const) put(name, contents);
    const dropped = [join(dir, 'gone.mp4'), dir, 'film.mp4', join(dir, '1')];
    const found = await pieces(verbs(), dropped);
    expect(found.length).toBeGreaterThan(3);
    expect(found[0]?.files.length).toBeLessThan(50);
    expect(found.flatMap(({ files }) => files)).toEqual(await inspect(...dropped));
    expect(found.flatMap(({ files }) => files).filter(({ problem }) => problem !== null)).toHaveLength(5);
  });

  it('tells what vanished between two pieces as missing', async () => {
    for (let index = 0; index < 40; index += 1) put(`${index}.mp4`, FILM_BYTES);
    const api = verbs();
    const { files, next } = await api.inspectFiles({ paths: [dir], inPieces: true });
    rmSync(dir, { recursive: true });
    const rest = await api.inspectFiles({ next });
    expect(files.filter(({ kind }) => kind === 'video')).toHaveLength(32);
    expect(rest.files.map(({ problem }) => problem?.code)).toEqual(Array.from({ length: 8 }, () => 'INPUT_MISSING'));
  });

  it('gives each piece once, and none of another start', async () => {
    for (let index = 0; index < 100; index += 1) put(`${index}.mp4`, FILM_BYTES);
    const api = verbs();
    const { next } = await api.inspectFiles({ paths: [dir], inPieces: true });
    expect((await api.inspectFiles({ next })).files).not.toEqual([]);
    await expect(api.inspectFiles({ next })).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('Add the files again') });
    const restarted = createIntakeVerbs({ recipes, settings: () => resolveSettings({}), tools: null, store: { pace: () => Promise.resolve(null) }, ...parts('another start') }).verbs;
    await restarted.inspectFiles({ paths: [dir], inPieces: true });
    await expect(restarted.inspectFiles({ next: 'this start 1' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('forgets what nobody asked about for long, and not what is being read', async () => {
    for (let index = 0; index < 2000; index += 1) put(`${index}.mp4`, FILM_BYTES);
    const api = verbs();
    const abandoned = await api.inspectFiles({ paths: [dir], inPieces: true });
    let { next } = await api.inspectFiles({ paths: [dir], inPieces: true });
    for (let index = 0; index < 20; index += 1) {
      await api.inspectFiles({ paths: [dir], inPieces: true });
      ({ next } = await api.inspectFiles({ next }));
    }
    expect(next).not.toBeNull();
    await expect(api.inspectFiles({ next: abandoned.next })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('tells how many are left out after all that is taken, while it still counts', async () => {
    for (let index = 0; index < 100; index += 1) put(`${index % 5}/${index}.mp4`, FILM_BYTES);
    const { clock, feed } = parts('this start');
    const readings = new Readings(feed.epoch, clock);
    const all = [await readings.piece(new Inspection({ paths: [dir, join(dir, 'x.mp4')], homeDir: homedir(), recipesFor: () => ['mp3'], limit: 40 }))];
    for (let next = all.at(-1)?.next ?? null; next !== null; next = all.at(-1)?.next ?? null) all.push(await readings.pieceAfter(next));
    const [taken, leftOut] = [all.map(({ files }) => files.length), all.map((piece) => piece.leftOut)];
    expect([taken.reduce((sum, count) => sum + count), leftOut.reduce((sum, count) => sum + count)]).toEqual([40, 61]);
    const firstLeftOut = leftOut.findIndex((count) => count > 0);
    expect(taken.slice(firstLeftOut + 1).every((count) => count === 0)).toBe(true);
    expect(all.length).toBeGreaterThan(firstLeftOut + 1);
  });
});

describe('walk', () => {
  function walk(paths: readonly string[], limit?: number): Promise<Walked> {
    return new Walk(paths.map((path) => ({ path, problem: null })), limit).next(Infinity);
  }

  async function names(...paths: string[]): Promise<string[]> {
    return (await walk(paths)).found.map(({ path }) => path.slice(dir.length + 1));
  }

  it('goes through folders by name, and passes over what is hidden or of the system', async () => {
    for (const name of ['b/10.mp4', 'b/9.mp4', 'a.mp4', '.hidden.mp4', '.git/x.mp4', 'Thumbs.db', 'b/@eaDir/x.mp4', '__MACOSX/x.mp4']) put(name);
    expect(await names(dir)).toEqual(['a.mp4', 'b/9.mp4', 'b/10.mp4']);
    expect(await names(join(dir, '.hidden.mp4'))).toEqual(['.hidden.mp4']);
  });

  it('follows links, but never in a circle, and takes nothing twice', async () => {
    put('a/film.mp4');
    symlinkSync(dir, join(dir, 'a', 'up'));
    symlinkSync(join(dir, 'a'), join(dir, 'z'));
    symlinkSync(join(dir, 'a', 'film.mp4'), join(dir, 'link.mp4'));
    expect(await names(dir, join(dir, 'a'), join(dir, 'a', 'film.mp4'), join(dir, 'link.mp4'))).toEqual(['a/film.mp4', 'link.mp4']);
  });

  it('says when a dropped folder holds nothing, but not when an inner one does', async () => {
    put('full/film.mp4');
    mkdirSync(join(dir, 'full', 'inner'));
    mkdirSync(join(dir, 'void'));
    const { found } = await walk([join(dir, 'full'), join(dir, 'void')]);
    expect(found.map(({ problem }) => problem?.code ?? null)).toEqual([null, 'INPUT_EMPTY']);
  });

  it('takes so many and counts the others', async () => {
    for (let index = 0; index < 30; index += 1) put(`many/${index}.mp4`);
    const { found, leftOut } = await walk([join(dir, 'many'), join(dir, 'x.mp4'), join(dir, 'y.mp4')], 25);
    expect([found.length, leftOut]).toEqual([25, 7]);
  });
});

describe('readPath', () => {
  it.skipIf(process.platform === 'win32')('reads what people paste (paths as here, not on Windows)', () => {
    expect(readPath('/a/b c.mp4', '/home/me')).toBe('/a/b c.mp4');
    expect(readPath('"/a/b c.mp4"', '/home/me')).toBe('/a/b c.mp4');
    expect(readPath('~/films/a.mp4', '/home/me')).toBe('/home/me/films/a.mp4');
    expect(readPath(pathToFileURL('/a/b ü%.mp4').href, '/home/me')).toBe('/a/b ü%.mp4');
    for (const text of ['a.mp4', './a.mp4', 'file://host/a.mp4', 'https://example.org/a.mp4', '']) expect(readPath(text, '/home/me')).toBeUndefined();
  });
});

describe('inTurns', () => {
  it('does so many at a time, and goes on after a failure', async () => {
    const inTurn = inTurns(2);
    let [now, most] = [0, 0];
    const work = async (fails: boolean): Promise<void> => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      if (fails) throw new Error('failed');
    };
    const results = await Promise.allSettled(Array.from({ length: 9 }, (_, index) => inTurn(() => work(index % 3 === 0))));
    expect([most, results.filter(({ status }) => status === 'rejected').length]).toEqual([2, 3]);
  });
});

describe('estimateFile', () => {
  it('forecasts by the length of the file, again after the file has changed', async () => {
    const { estimateFile } = verbs();
    const path = join(dir, 'a.wav');
    ffmpeg(['-f', 'lavfi', '-i', 'sine=d=2', path]);
    expect(await estimateFile({ path, recipe: 'transcript' })).toMatchObject({ estimate: { mediaSeconds: 2 }, problem: null });
    ffmpeg(['-f', 'lavfi', '-i', 'sine=d=5', path]);
    utimesSync(path, 1, 1);
    expect(await estimateFile({ path, recipe: 'mp3' })).toMatchObject({ estimate: { mediaSeconds: 5 }, problem: null });
  });

  it('takes the pace of this machine', async () => {
    const paced = createIntakeVerbs({ recipes, settings: () => resolveSettings({}), tools: testTools(), store: { pace: (recipe) => Promise.resolve(recipe === 'mp4-h264' ? 100 : null) }, ...parts('this start') }).verbs;
    const { estimate } = await paced.estimateFile({ path: join(media, 'film.mp4'), recipe: 'mp4-h264' });
    expect(estimate?.seconds).toBeGreaterThan(99);
  });

  it('says why a recipe can do nothing with a file', async () => {
    const { estimateFile } = verbs();
    expect(await estimateFile({ path: join(media, 'silent.mov'), recipe: 'transcript' })).toMatchObject({ estimate: null, problem: { code: 'INPUT_NO_STREAM' } });
    expect(await estimateFile({ path: join(media, 'a.wav'), recipe: 'thumbnail' })).toMatchObject({ estimate: null, problem: { code: 'INPUT_NO_STREAM' } });
    expect(await estimateFile({ path: put('text.mp4', 'text'), recipe: 'mp3' })).toMatchObject({ estimate: null, problem: { code: 'INPUT_NOT_MEDIA' } });
    expect(await estimateFile({ path: join(homedir(), 'no such file.mp4'), recipe: 'mp3' })).toMatchObject({ estimate: null, problem: { code: 'INPUT_MISSING' } });
    expect(await verbs({}, false).estimateFile({ path: join(media, 'film.mp4'), recipe: 'mp3' })).toMatchObject({ estimate: null, problem: { code: 'TOOL_MISSING' } });
    await expect(estimateFile({ path: join(media, 'film.mp4'), recipe: 'mp33' })).rejects.toMatchObject({ code: 'RECIPE_UNKNOWN' });
  });
});
