import { link, mkdtemp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { IntendedOutput } from '../store/store.ts';
import { DraftBook, sweepDrafts } from './drafts.ts';
import { numbered, publish, settleIntent } from './publish.ts';

let dir: string;
let intents: (readonly IntendedOutput[])[];
const owner = { storeId: 'abcd', id: 7 };

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'longhaul-publish-'));
  intents = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function drafts(...names: string[]) {
  const book = new DraftBook(owner, 1, dir);
  return Promise.all(names.map(async (name) => {
    const draft = book.draft(name);
    await writeFile(draft.tempPath, `new ${name}`);
    return draft;
  }));
}

const publishing = (list: Awaited<ReturnType<typeof drafts>>, more: { isOverwriting?: boolean; inputs?: string[]; onIntent?: () => Promise<void> } = {}) => publish({
  drafts: list, outputDir: dir, inputs: more.inputs ?? [], isOverwriting: more.isOverwriting ?? false,
  saveIntent: async (outputs) => {
    intents.push(outputs);
    await more.onIntent?.();
  },
});

it('gives a draft its name, with its size and hash, and leaves nothing temporary', async () => {
  const [output] = await publishing(await drafts('clip.srt'));
  expect(output).toEqual({ path: join(dir, 'clip.srt'), sizeBytes: 12, sha256: '7f3f996fb768c02a347109409f2d7d364789f101e53ea530146a1b7f4f150e5c' });
  expect(await readdir(dir)).toEqual(['clip.srt']);
});

it('never replaces an existing file: the next free number is taken', async () => {
  await writeFile(join(dir, 'clip.mp4'), 'old');
  await writeFile(join(dir, 'clip (2).mp4'), 'old too');
  const [output] = await publishing(await drafts('clip.mp4'));
  expect(output?.path).toBe(join(dir, 'clip (3).mp4'));
  expect(await readFile(join(dir, 'clip.mp4'), 'utf8')).toBe('old');
});

it('gives all files of one task the same number', async () => {
  await writeFile(join(dir, 'talk.vtt'), 'old');
  const outputs = await publishing(await drafts('talk.srt', 'talk.vtt'));
  expect(outputs.map(({ path }) => path)).toEqual([join(dir, 'talk (2).srt'), join(dir, 'talk (2).vtt')]);
  expect((await readdir(dir)).sort()).toEqual(['talk (2).srt', 'talk (2).vtt', 'talk.vtt']);
});

it('takes another number when a name is taken between the look and the rename', async () => {
  let isFirst = true;
  const outputs = await publishing(await drafts('talk.srt', 'talk.vtt'), {
    onIntent: async () => {
      if (isFirst) await writeFile(join(dir, 'talk.vtt'), 'somebody else');
      isFirst = false;
    },
  });
  expect(outputs.map(({ path }) => path)).toEqual([join(dir, 'talk (2).srt'), join(dir, 'talk (2).vtt')]);
  expect(await readFile(join(dir, 'talk.vtt'), 'utf8')).toBe('somebody else');
  expect((await readdir(dir)).sort()).toEqual(['talk (2).srt', 'talk (2).vtt', 'talk.vtt']);
});

it('a dangling link is a taken name too', async () => {
  await symlink(join(dir, 'nothing'), join(dir, 'clip.mp4'));
  const [output] = await publishing(await drafts('clip.mp4'));
  expect(output?.path).toBe(join(dir, 'clip (2).mp4'));
});

it('replaces when told to, but never an input, under whatever name', async () => {
  const input = join(dir, 'clip.mp4');
  await writeFile(input, 'source');
  await writeFile(join(dir, 'other.mp4'), 'old');
  await link(input, join(dir, 'hard.mp4'));
  await symlink(input, join(dir, 'soft.mp4'));
  const [output] = await publishing(await drafts('other.mp4'), { isOverwriting: true, inputs: [input] });
  expect(await readFile(String(output?.path), 'utf8')).toBe('new other.mp4');
  for (const name of ['clip.mp4', 'hard.mp4', 'soft.mp4']) {
    await expect(publishing(await drafts(name), { isOverwriting: true, inputs: [input] })).rejects.toMatchObject({ code: 'OUTPUT_IS_INPUT' });
  }
  expect(await readFile(input, 'utf8')).toBe('source');
});

it('writes the intent down before the name exists', async () => {
  await publishing(await drafts('clip.mp4'), { onIntent: async () => expect(await readdir(dir)).not.toContain('clip.mp4') });
  expect(intents).toHaveLength(1);
});

async function killedAt(step: 'before the first rename' | 'between the renames' | 'after the renames') {
  const list = await drafts('talk.srt', 'talk.vtt');
  const outputs = await publishing(list);
  const [intent] = intents;
  if (!intent) throw new Error('no intent was saved');
  const undone = { 'before the first rename': [0, 1], 'between the renames': [1], 'after the renames': [] }[step];
  for (const at of undone) await rename(String(outputs[at]?.path), String(list[at]?.tempPath));
  return { intent, outputs };
}

it.each(['before the first rename', 'between the renames', 'after the renames'] as const)('a publication killed %s is finished by the next attempt', async (step) => {
  const { intent, outputs } = await killedAt(step);
  expect(await settleIntent(intent, false)).toEqual(outputs);
  expect((await readdir(dir)).sort()).toEqual(['talk.srt', 'talk.vtt']);
});

it('a publication of which a file is gone is cleared away and done again', async () => {
  const { intent } = await killedAt('between the renames');
  await rm(String(intent[1]?.tempPath));
  expect(await settleIntent(intent, false)).toBeNull();
  expect(await readdir(dir)).toEqual([]);
});

it('what somebody else wrote under the intended name is not taken for ours and not removed', async () => {
  const { intent } = await killedAt('before the first rename');
  await writeFile(join(dir, 'talk.srt'), 'somebody else');
  expect(await settleIntent(intent, false)).toBeNull();
  expect(await readFile(join(dir, 'talk.srt'), 'utf8')).toBe('somebody else');
});

it('sweeps only the temporary files of its own task', async () => {
  await drafts('clip.mp4');
  for (const name of ['.longhaul-abcd-71-1-0.part.mp4', '.longhaul-ffff-7-1-0.part.mp4', 'clip.part.mp4']) await writeFile(join(dir, name), 'not ours');
  await mkdir(join(dir, 'folder'));
  await sweepDrafts(dir, owner);
  expect((await readdir(dir)).sort()).toEqual(['.longhaul-abcd-71-1-0.part.mp4', '.longhaul-ffff-7-1-0.part.mp4', 'clip.part.mp4', 'folder']);
});

it('numbers go before the last extension', () => {
  expect(numbered('clip.preview.mp4', 2)).toBe('clip.preview (2).mp4');
  expect(numbered('README', 3)).toBe('README (3)');
});

it('an attempt that was frozen with its intent committed places nothing when another one has settled that meanwhile', async () => {
  const list = await drafts('talk.srt', 'talk.vtt');
  let settled: unknown;
  // What happens between the commit of the intent and the first name: here the process stood still.
  const revived = publishing(list, { onIntent: async () => { settled = await settleIntent(intents[0] ?? [], false); } });
  await expect(revived).rejects.toMatchObject({ code: 'ENOENT' });
  expect(settled).toMatchObject([{ path: join(dir, 'talk.srt') }, { path: join(dir, 'talk.vtt') }]);
  expect((await readdir(dir)).sort()).toEqual(['talk.srt', 'talk.vtt']);
});

it('two attempts that place one intent at the same moment leave exactly its files', async () => {
  for (let round = 0; round < 100; round += 1) {
    const names = [`talk ${round}.srt`, `talk ${round}.vtt`];
    const list = await drafts(...names);
    let settling: Promise<unknown> = Promise.resolve();
    const publishingIt = publishing(list, { onIntent: async () => {
      settling = settleIntent(intents.at(-1) ?? [], false);
      // Now this one, now the other is ahead.
      for (let turn = 0; turn < round % 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    } });
    const [, settled] = await Promise.allSettled([publishingIt, settling.then(() => undefined)]).then(async () => [await publishingIt.catch(() => null), await settling]);
    expect(settled).toMatchObject(names.map((name) => ({ path: join(dir, name) })));
    expect((await readdir(dir)).filter((file) => file.startsWith(`talk ${round}.`) || file.startsWith('.')).sort()).toEqual(names);
  }
});
