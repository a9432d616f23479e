import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { watchRuleBody } from '../../../shared/watch-contract.ts';
import { openDatabase } from './database.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { claim, complete, draft, endOf, failForGood, get, openTestStore, T0, tempDir } from './test-store.ts';
import type { SeenFile, Taker } from './watch-operations.ts';

const RULE: Taker = { kind: 'rule', id: 1 };
const body = watchRuleBody.parse({ folder: '/in', recipe: 'mp4-h264' });
const file = (path: string, more: Partial<SeenFile> = {}): SeenFile => ({ path, sizeBytes: 5, mtimeMs: T0 + 0.25, identity: `1:${path.length}${path}`, ...more });

type TestStore = Awaited<ReturnType<typeof openTestStore>>;

async function withRule(): Promise<TestStore> {
  const store = await openTestStore();
  expect(await store.addWatchRule({ name: 'films', isEnabled: true, body }, T0)).toBe(1);
  return store;
}

const take = (store: TestStore, files: readonly SeenFile[], hasAfter = false) => store.takeFiles({
  taker: RULE, groupName: 'films', hasAfter, now: T0, files: files.map((one) => ({ file: one, draft: draft({ inputs: [one.path], more: { newGroup: 0 } }) })),
});
const kinds = async (store: TestStore, files: readonly SeenFile[], taker = RULE) => (await store.judgeFiles(taker, files)).map(({ kind }) => kind);

describe('files that were taken', () => {
  it('are taken once as they are, with their tasks in one group, and by each taker for itself', async () => {
    const store = await withRule();
    const [a, b] = [file('/in/a'), file('/in/b')];
    expect(await take(store, [a])).toHaveLength(1);
    expect(await take(store, [a, b])).toHaveLength(1);
    expect(await take(store, [a, b])).toEqual([]);
    expect(await kinds(store, [a, b, { ...a, sizeBytes: 6 }, { ...a, mtimeMs: T0 + 0.5 }])).toEqual(['known', 'known', 'new', 'new']);
    expect(await kinds(store, [a], { kind: 'rule', id: 2 })).toEqual(['new']);
    expect(await kinds(store, [a], { kind: 'schedule', id: 1 })).toEqual(['new']);
    const [rule] = await store.listWatchRules();
    expect(rule).toMatchObject({ taken: 2, lastTakenAt: T0, tasks: { pending: 2 } });
    expect((await store.list({ limit: 9, offset: 0 })).tasks.map(({ groupId }) => groupId)).toEqual([rule?.groupId, rule?.groupId]);
  });

  it('are known by their identity under another name, unless size or time differ; one file of two names is one', async () => {
    const store = await withRule();
    const a = file('/in/a');
    await take(store, [a, { ...a, path: '/in/second name' }]);
    expect((await store.counts()).pending).toBe(1);
    expect(await kinds(store, [{ ...a, path: '/in/moved' }, { ...a, path: '/in/moved', mtimeMs: 1 }, { ...a, path: '/in/moved', identity: null }, { ...a, path: '/in/second name' }])).toEqual(['moved', 'new', 'new', 'known']);
  });

  it('take their task along when they move, unless it has ended; what failed for want of its file starts over', async () => {
    const store = await withRule();
    const [a, b, c] = [file('/in/a'), file('/in/b'), file('/in/c')];
    await take(store, [a, b, c]);
    await complete(store, await claim(store));
    const failing = await claim(store);
    await store.fail({ ...endOf(failing), now: T0, durationMs: 1, warnings: [], error: { code: 'INPUT_MISSING', message: 'gone', retryable: false }, retryAt: null });
    expect(await store.missingSources(1, 9)).toEqual([{ id: 2, path: '/in/b' }]);
    const moved = [a, b, c].map((one) => ({ ...one, path: `/in/sorted${one.path}` }));
    const verdicts = await store.judgeFiles(RULE, moved);
    const movedFiles = verdicts.flatMap((verdict, place) => {
      const one = moved[place];
      return verdict.kind === 'moved' && one !== undefined ? [{ file: one, takenId: verdict.takenId, isOldGone: true, outputDir: '/out' }] : [];
    });
    expect(await store.followFiles(RULE, movedFiles, T0)).toEqual([2, 3]);
    expect(await get(store, 1)).toMatchObject({ status: 'completed', inputs: ['/in/a'] });
    expect(await get(store, 2)).toMatchObject({ status: 'pending', inputs: ['/in/sorted/in/b'], outputDir: '/out' });
    expect(await get(store, 3)).toMatchObject({ status: 'pending', inputs: ['/in/sorted/in/c'] });
    expect(await kinds(store, moved)).toEqual(['known', 'known', 'known']);
  });

  it('wait for what is to be done with them until their task is completed', async () => {
    const store = await withRule();
    await take(store, [file('/in/a'), file('/in/b')], true);
    expect(await store.finishedSources(1, 9)).toEqual([]);
    await complete(store, await claim(store));
    await failForGood(store, await claim(store));
    const finished = await store.finishedSources(1, 9);
    expect(finished).toMatchObject([{ path: '/in/a', sizeBytes: 5, mtimeMs: T0 + 0.25 }]);
    await store.settleSource(finished[0]?.takenId ?? 0, 'done');
    expect([await store.finishedSources(1, 9), await store.hasUnfinishedSources(1)]).toEqual([[], true]);
    expect(await store.removeWatchRule(1)).toBe(true);
    expect([await store.forgetTaken(1, 1), await store.forgetTaken(1, 9), await store.forgetTaken(1, 9)]).toEqual([1, 1, 0]);
  });
});

it('an output is known before it has its name, by path and size, and by its size under another name', async () => {
  const store = await withRule();
  await take(store, [file('/in/a')]);
  const claimed = await claim(store);
  const sha256 = 'a'.repeat(64);
  await store.saveIntent({ ...endOf(claimed), outputs: [{ tempPath: '/in/.t', path: '/in/a.mp4', sizeBytes: 77, sha256 }] });
  expect(await store.judgeFiles(RULE, [file('/in/a.mp4', { sizeBytes: 77 }), file('/in/x.mp4', { sizeBytes: 77 }), file('/in/a.mp4', { sizeBytes: 78 })])).toEqual([{ kind: 'made' }, { kind: 'alike', hashes: [sha256] }, { kind: 'new' }]);
});

it('a database of the version before keeps what its schedules have seen and knows its outputs', async () => {
  const dir = await tempDir();
  const db = openDatabase({ dir, now: T0, migrations: MIGRATIONS.slice(0, 3) });
  db.prepare('INSERT INTO seen_file (schedule_id, path, size_bytes, mtime_ms) VALUES (4, ?, 5, ?)').run('/in/a', T0 + 0.25);
  const insert = db.prepare(`INSERT INTO task (type, recipe, status, queue, priority, order_key, inputs, outputs, options, max_retries, attempt, created_at, updated_at) VALUES ('video_convert', 'mp4-h264', 'completed', 'media', 5, 0, '["/in/a"]', ?, '{}', 3, 1, ${T0}, ${T0})`);
  insert.run(JSON.stringify([{ path: '/in/a.mp4', sizeBytes: 77, sha256: 'a'.repeat(64) }]));
  insert.run('no JSON');
  db.close();
  const store = await openTestStore(dir);
  expect(await kinds(store, [file('/in/a')], { kind: 'schedule', id: 4 })).toEqual(['known']);
  expect(await kinds(store, [file('/in/a.mp4', { sizeBytes: 77 })])).toEqual(['made']);
});

it('rules and what they have taken go along with an export; they are off where they arrive, and nothing is taken twice', async () => {
  const source = await withRule();
  await take(source, [file('/in/a')]);
  const path = join(await tempDir(), 'queue.jsonl');
  await source.exportQueue(path, T0);
  expect(await readFile(path, 'utf8')).toContain('"table":"watch_rule"');
  const target = await openTestStore();
  await target.addWatchRule({ name: 'own', isEnabled: true, body }, T0);
  await target.importQueue(path, { now: T0 + 1, storeId: 'here' });
  const rules = await target.listWatchRules();
  expect(rules).toMatchObject([{ id: 1, name: 'own', isEnabled: true }, { id: 2, name: 'films', isEnabled: false, taken: 1, body, tasks: { pending: 1 } }]);
  expect(await kinds(target, [file('/in/a'), file('/in/b')], { kind: 'rule', id: 2 })).toEqual(['known', 'new']);
  await target.importQueue(path, { now: T0 + 2, storeId: 'here' });
  expect(await target.listWatchRules()).toHaveLength(2);
});
