import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from './client.ts';
import { openDatabase } from './database.ts';
import { killInserterAtCreation, startInserter } from './test-process.ts';
import { canMount, mountSmallDisk } from './test-small-disk.ts';
import { add, claim, countCommits, draft, endOf, get, openTestStore, OWNER, T0, tempDir, THREAD_PATH } from './test-store.ts';

describe('group commit', () => {
  it('puts a hundred callers in few commits, and a caller alone in one of its own', async () => {
    const store = await openTestStore();
    const atFirst = await countCommits(store.dir);
    await add(store);
    await add(store);
    const afterTwo = await countCommits(store.dir);
    expect(afterTwo - atFirst).toBe(2);
    const ids = await Promise.all(Array.from({ length: 100 }, () => add(store)));
    expect(new Set(ids).size).toBe(100);
    expect((await countCommits(store.dir)) - afterTwo).toBeLessThanOrEqual(3);
  });

  it('gathers what callers do next when one commit has answered them all', async () => {
    const store = await openTestStore();
    const atFirst = await countCommits(store.dir);
    await Promise.all(Array.from({ length: 10 }, async () => {
      for (let turn = 0; turn < 20; turn += 1) await add(store);
    }));
    expect((await countCommits(store.dir)) - atFirst).toBeLessThanOrEqual(40);
  });

  it('lets a call that fails spoil none of its neighbours', async () => {
    const store = await openTestStore();
    const atFirst = await countCommits(store.dir);
    const settled = await Promise.allSettled([
      add(store),
      store.insertTasks([draft(), draft({ dependsOn: [4711] })], T0),
      add(store, { priority: 11 }),
      add(store),
      store.counts(),
      store.cancel([4711], T0),
      store.setSetting('model', 'tiny'),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(settled[1]).toMatchObject({ reason: { name: 'TaskError', code: 'TASK_UNKNOWN' } });
    expect(settled[2]).toMatchObject({ reason: { code: 'STORE_FAILED', retryable: false } });
    expect(settled[4]).toMatchObject({ value: { pending: 2 } });
    expect((await store.list({ limit: 10, offset: 0 })).total).toBe(2);
    expect(await store.getSettings()).toEqual({ model: 'tiny' });
    expect((await countCommits(store.dir)) - atFirst).toBe(1);
  });

  it('writes nothing for reads and for calls that change nothing', async () => {
    const store = await openTestStore();
    const id = await add(store);
    await store.cancel([id], T0);
    const before = await countCommits(store.dir);
    await Promise.all([store.get(id), store.list({ limit: 10, offset: 0 }), store.counts(), store.claim({ queue: 'media', limit: 1, leaseOwner: OWNER, leaseUntil: T0, now: T0 }), store.stage(T0), store.pause([id], T0)]);
    expect(await countCommits(store.dir)).toBe(before);
  });

  it('answers calls in the order they were made', async () => {
    const store = await openTestStore();
    const inserted = add(store);
    const claimed = claim(store);
    const counts = store.counts();
    expect((await claimed).task.id).toBe(await inserted);
    expect(await counts).toMatchObject({ running: 1, pending: 0 });
  });
});

describe('the store as its owner sees it', () => {
  it('keeps everything over a close and a new start', async () => {
    const store = await openTestStore();
    const id = await add(store);
    const running = await claim(store);
    await store.savePlan({ ...endOf(running), plan: [1], partsTotal: 1 });
    const before = await get(store, id);
    await store.close();
    expect(await get(await openTestStore(store.dir), id)).toEqual(before);
  });

  it('finishes what is in flight before it closes, and closes once however often it is told to', async () => {
    const store = await openTestStore();
    const inserted = Promise.all(Array.from({ length: 50 }, () => add(store)));
    await Promise.all([store.close(), store.close()]);
    expect(await inserted).toHaveLength(50);
    await store.close();
    await expect(store.counts()).rejects.toMatchObject({ code: 'STORE_FAILED', message: expect.stringContaining('closed') });
    expect(await (await openTestStore(store.dir)).counts()).toMatchObject({ pending: 50 });
  });

  it('rejects everything in flight and everything later when its thread dies', async () => {
    const dir = await tempDir();
    const store = await openStore({ dir, threadPath: join(import.meta.dirname, 'test-dying-thread.ts'), now: T0 });
    const settled = await Promise.allSettled([store.counts(), add(store)]);
    for (const outcome of settled) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STORE_FAILED', details: expect.stringContaining('died as the test wants it') } });
    await expect(store.counts()).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(store.close()).rejects.toMatchObject({ code: 'STORE_FAILED' });
    // The folder is free again.
    await (await openTestStore(dir)).counts();
  });

  it('rejects an opening whose thread is not there', async () => {
    await expect(openStore({ dir: await tempDir(), threadPath: '/nowhere/thread.js', now: T0 })).rejects.toMatchObject({ code: 'STORE_FAILED', details: expect.stringContaining('/nowhere/thread.js') });
  });

  it('says so when the data folder can not be made', async () => {
    const file = join(await tempDir(), 'file');
    await writeFile(file, '');
    await expect(openStore({ dir: join(file, 'data'), threadPath: THREAD_PATH, now: T0 })).rejects.toMatchObject({ code: 'STORE_FAILED', message: expect.stringContaining(join(file, 'data')) });
  });

  it('refuses a second opening in the same process, and leaves the first one its lock', async () => {
    const store = await openTestStore();
    await expect(openStore({ dir: store.dir, threadPath: THREAD_PATH, now: T0 })).rejects.toMatchObject({ code: 'STORE_OWNED', retryable: false });
    await expect(startInserter(store.dir)).rejects.toThrow('STORE_OWNED');
    expect(await add(store)).toBe(1);
  });

  it('fails a task whose row is damaged instead of working on half of it, and still lists it', async () => {
    const store = await openTestStore();
    const [damaged, sound] = [await add(store), await add(store)];
    await store.close();
    const db = new Database(join(store.dir, 'longhaul.db'));
    db.prepare('UPDATE task SET inputs = ? WHERE id = ?').run('["/videos/a', damaged);
    db.close();
    const again = await openTestStore(store.dir);
    const claimed = await again.claim({ queue: 'media', limit: 5, leaseOwner: OWNER, leaseUntil: T0, now: T0 });
    expect(claimed.map(({ task }) => task.id)).toEqual([sound]);
    expect((await again.list({ limit: 5, offset: 0 })).tasks.map(({ id }) => id)).toEqual([sound, damaged]);
    expect(await get(again, damaged)).toMatchObject({ status: 'failed', inputs: [], error: { code: 'STORE_DAMAGED', message: expect.stringContaining(`Task ${damaged} `) } });
  });

  it('hands out a damaged checkpoint as none, so that it is made again', async () => {
    const store = await openTestStore();
    const fence = endOf({ task: (await add(store), (await claim(store)).task) });
    await store.savePlan({ ...fence, plan: 'plan', partsTotal: 2 });
    await store.savePart({ ...fence, index: 0, part: 'a' });
    await store.savePart({ ...fence, index: 1, part: 'b' });
    await store.release({ ...fence, reason: 'quit' });
    await store.close();
    const db = new Database(join(store.dir, 'longhaul.db'));
    db.prepare('UPDATE checkpoint_part SET part = ? WHERE part_index = 0').run('"a');
    db.close();
    const partly = await openTestStore(store.dir);
    const next = await claim(partly);
    expect(next).toMatchObject({ plan: 'plan', parts: [{ index: 1, part: 'b' }] });
  });
});

describe('kill -9', () => {
  it('loses no acknowledged task, whenever it comes', async () => {
    const dir = await tempDir();
    const acknowledged: number[] = [];
    for (const count of [1, 40, 333, 900]) {
      const inserter = await startInserter(dir);
      await inserter.reached(count);
      await inserter.kill();
      acknowledged.push(...inserter.acknowledged);
      const store = await openTestStore(dir);
      const { tasks, total } = await store.list({ limit: 100_000, offset: 0 });
      const there = new Set(tasks.map(({ id }) => id));
      expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
      // Batches of three are there whole or not at all.
      expect(total % 3).toBe(0);
      await store.close();
    }
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
  });

  it('in the midst of making the database leaves a folder that opens', async () => {
    for (let round = 0; round < 4; round += 1) {
      const dir = await tempDir();
      await killInserterAtCreation(dir);
      const store = await openTestStore(dir);
      await add(store);
      expect((await store.counts()).pending % 3).toBe(1);
      await store.close();
    }
  });

  it('frees the folder, which a living owner holds', async () => {
    const dir = await tempDir();
    const owner = await startInserter(dir);
    await owner.reached(3);
    await expect(openStore({ dir, threadPath: THREAD_PATH, now: T0 })).rejects.toMatchObject({ code: 'STORE_OWNED', retryable: false, message: expect.stringContaining(dir) });
    // Being looked at does not cost the owner its lock.
    await expect(openStore({ dir, threadPath: THREAD_PATH, now: T0 })).rejects.toMatchObject({ code: 'STORE_OWNED' });
    await owner.kill();
    await (await openTestStore(dir)).counts();
  });
});

const hasSmallDisk = canMount();

describe('a full disk', () => {
  it.skipIf(!hasSmallDisk)(`loses nothing, says so, and takes work again once there is space${hasSmallDisk ? '' : ' (skipped: to mount a small disk needs root)'}`, async () => {
    const dir = mountSmallDisk();
    const ballast = join(dir, 'ballast');
    await writeFile(ballast, Buffer.alloc(1024 * 1024));
    const store = await openTestStore(join(dir, 'data'));
    const big = draft({ inputs: [`/videos/${'x'.repeat(20_000)}.mov`] });
    let saved = 0;
    let refusal: unknown = null;
    while (refusal === null) {
      await Promise.all([store.insertTasks([big], T0), store.insertTasks([big], T0)]).then(
        () => (saved += 2),
        (error: unknown) => (refusal = error),
      );
    }
    expect(refusal).toMatchObject({ name: 'TaskError', code: 'DISK_FULL', retryable: true });
    expect(saved).toBeGreaterThan(0);
    const [listed, refused] = await Promise.allSettled([store.counts(), store.insertTasks([big, big, big], T0)]);
    expect(listed).toMatchObject({ status: 'fulfilled', value: { pending: saved } });
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'DISK_FULL' } });
    await rm(ballast);
    await store.insertTasks([big, big], T0);
    await store.close();
    const again = await openTestStore(join(dir, 'data'));
    expect(await again.counts()).toMatchObject({ pending: saved + 2 });
    await again.close();
    const db = openDatabase({ dir: join(dir, 'data'), now: T0 });
    const verdict = db.pragma('integrity_check', { simple: true });
    db.close();
    expect(verdict).toBe('ok');
  });
});
