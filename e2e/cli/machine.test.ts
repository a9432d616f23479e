/** What the command line says of the machine: parts, models, recipes. */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { OPTION_SCHEMAS } from '../../src/shared/options.ts';
import { listedRecipe } from '../../src/shared/recipe-contract.ts';
import { User, failure, makeClip } from './harness.ts';

let user: User;
beforeEach(() => { user = new User(); });
afterEach(() => user.leave());

const report = z.object({
  parts: z.array(z.object({ name: z.string(), state: z.enum(['found', 'limited', 'missing']), version: z.string().nullable(), path: z.string().nullable(), from: z.string(), cure: z.string().nullable() })),
  isComplete: z.boolean(),
});
const modelList = z.object({ models: z.array(z.object({ name: z.string(), path: z.string(), owner: z.string() })), preferred: z.string(), used: z.string().nullable() });

const BUNDLED = join(import.meta.dirname, '../../resources/models');

describe('doctor', () => {
  it('names every part with its version and origin on a machine that is set up', async () => {
    const { parts, isComplete } = await user.json(report, 'doctor');
    expect(isComplete).toBe(true);
    const found = new Map(parts.map((part) => [part.name, part]));
    for (const name of ['Node', 'SQLite', 'ffmpeg', 'ffprobe', 'whisper-cli', 'encoders', 'hardware', 'model', 'data folder', 'engine']) expect([...found.keys()]).toContain(name);
    for (const name of ['Node', 'SQLite', 'ffmpeg', 'ffprobe']) expect(found.get(name)?.version).toMatch(/\d+\.\d+/);
    expect(found.get('engine')?.from).toContain('not running');
  });

  it('ends with 1 and says what to do when FFmpeg does not work, and run says it at once', async () => {
    user.env['LONGHAUL_FFMPEG'] = join(user.dir, 'ffmpeg');
    writeFileSync(user.env['LONGHAUL_FFMPEG'], '#!/bin/sh\nexit 1\n');
    chmodSync(user.env['LONGHAUL_FFMPEG'], 0o755);
    const { code, stdout } = await user.run('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ ffmpeg .*LONGHAUL_FFMPEG/);
    expect(stdout).toContain('Correct LONGHAUL_FFMPEG');
    const ran = await user.run('run', '--until-idle', '--json');
    expect([ran.code, failure.parse(JSON.parse(ran.stdout)).error.code]).toEqual([1, 'TOOL_MISSING']);
  });

  it('names the process that runs the engine', async () => {
    const engine = await user.startEngine();
    const { parts } = await user.json(report, 'doctor');
    expect(parts.find(({ name }) => name === 'engine')?.from).toContain(String(engine.child.pid));
  });
});

describe('models', () => {
  it('lists what is there, uses the one that is chosen, and removes its own only', async () => {
    const [bundled] = readdirSync(BUNDLED).filter((name) => name.endsWith('.bin'));
    const name = (bundled ?? '').replace(/^ggml-|\.bin$/g, '');
    const before = await user.json(modelList, 'models');
    expect(before.models).toContainEqual(expect.objectContaining({ name, owner: 'bundled' }));
    expect(before.preferred).toBe('auto');

    mkdirSync(join(user.dataDir, 'models'), { recursive: true });
    copyFileSync(join(BUNDLED, bundled ?? ''), join(user.dataDir, 'models', 'ggml-mine.bin'));
    expect((await user.run('models', 'use', 'mine')).code).toBe(0);
    expect(await user.json(modelList, 'models', 'list')).toMatchObject({ preferred: 'mine', used: 'mine' });
    expect(await user.json(z.object({ kind: z.string() }), 'models', 'add', 'mine')).toEqual({ kind: 'present' });
    expect((await user.run('models', 'remove', 'mine')).code).toBe(0);
    expect((await user.json(modelList, 'models')).used).toBeNull();
    expect((await user.run('models', 'use', 'auto')).code).toBe(0);

    const refused = await user.run('models', 'remove', name);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('not Longhaul')]);
    expect((await user.run('models', 'use', 'nonesuch')).code).toBe(2);
    expect((await user.run('models', 'eat')).code).toBe(2);
  });
});

describe('recipes', () => {
  it('lists each with its options and what they take', async () => {
    const { recipes } = await user.json(z.object({ recipes: z.array(listedRecipe.extend({ choices: z.array(z.object({ name: z.string(), takes: z.string().min(1), value: z.unknown() })) })) }), 'recipes');
    expect(recipes.map(({ name }) => name)).toEqual(expect.arrayContaining(['transcript', 'mp4-h264', 'mp4-h265', 'webm-vp9', 'webm-av1', 'mp3', 'wav', 'preview', 'thumbnail', 'contact-sheet']));
    for (const { type, choices } of recipes) expect(choices.map(({ name }) => name).sort()).toEqual(Object.keys(OPTION_SCHEMAS[type].shape).sort());
    expect(recipes.find(({ name }) => name === 'mp4-h265')?.choices).toContainEqual({ name: 'videoCodec', takes: expect.stringContaining('h265'), value: 'h265' });
    const one = await user.run('recipes', 'transcript');
    expect(one.stdout).toContain('language');
    expect((await user.run('recipes', 'transkript')).stderr).toContain('Did you mean transcript?');
  });

  it('tells the commands of one for a file, and keeps own ones: copied, changed, handed on, used, removed', async () => {
    const clip = await makeClip(join(user.dir, 'clip.mp4'), 2);
    const shown = await user.run('recipes', 'show', 'web-480p', '--input', clip);
    expect(shown.stdout).toMatch(/Its commands:\n {2}ffmpeg .*clip\.mp4/);
    expect(shown.stdout).toContain('libx264');
    const brief = z.object({ name: z.string(), version: z.int() });
    expect(await user.json(brief, 'recipes', 'copy', 'web-480p', 'mine', '--set', 'resolution=360p', '--suffix', '.mine', '--title', 'Mine')).toEqual({ name: 'mine', version: 1 });
    expect(await user.json(brief, 'recipes', 'edit', 'mine', '--set', 'audioBitrateKbps=64')).toEqual({ name: 'mine', version: 2 });
    expect((await user.run('recipes', 'edit', 'mine', '--set', 'quality=best')).stderr).toContain('quality');
    const file = join(user.dir, 'mine.json');
    await user.run('recipes', 'export', 'mine', '--to', file);
    expect((await user.run('do', clip, '--recipe', 'mine', '--out', user.outDir)).stdout).toContain('clip.mine.mp4');
    await user.run('recipes', 'remove', 'mine');
    expect((await user.run('recipes', 'show', 'mine')).stderr).toContain('There is no recipe');
    expect(await user.json(brief, 'recipes', 'import', file)).toEqual({ name: 'mine', version: 2 });
    writeFileSync(file, readFileSync(file, 'utf8').replace('"mine"', '"other"').replace('"360p"', '"361p"'));
    expect((await user.run('recipes', 'import', file)).stderr).toContain('options.resolution');
    expect((await user.run('recipes', '--purpose', 'web')).stdout).toMatch(/mine \*/);
  });

  it('does a chain, whose later steps work on what the first one made', async () => {
    const clip = await makeClip(join(user.dir, 'film.mp4'), 2);
    const done = await user.run('do', clip, '--recipe', 'web-set', '--out', user.outDir);
    expect(done).toMatchObject({ code: 0 });
    for (const name of ['film.web-1080p.mp4', 'film.web-1080p.thumbnail.webp', 'film.web-1080p.hover.mp4']) expect(done.stdout).toContain(name);
  });
});
