import { describe, expect, it } from 'vitest';
import { addRunning, claim, complete, endOf, openTestStore, T0 } from './test-store.ts';

describe('a document', () => {
  it('is kept by the attempt that holds the task, and by no other', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    const { id, leaseOwner, attempt } = endOf(running);
    expect(await store.document(id)).toBeNull();
    expect(await store.saveDocument({ id, leaseOwner, attempt: attempt + 1, document: 'stale', now: T0 })).toBe(false);
    expect(await store.saveDocument({ id, leaseOwner, attempt, document: { words: ['a', null] }, now: T0 })).toBe(true);
    expect(await store.document(id)).toEqual({ document: { words: ['a', null] }, revision: 1 });
    await store.saveDocument({ id, leaseOwner, attempt, document: 'again', now: T0 });
    expect(await store.document(id)).toEqual({ document: 'again', revision: 2 });
  });

  it('takes one of two edits of the same revision, and tells the other', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    const { id, ...fence } = endOf(running);
    await store.saveDocument({ ...fence, id, document: 'heard', now: T0 });
    await complete(store, running);
    const edits = await Promise.all(['mine', 'yours'].map((document) => store.editDocument({ id, baseRevision: 1, document, now: T0 })));
    expect(edits).toEqual([2, null]);
    expect(await store.document(id)).toEqual({ document: 'mine', revision: 2 });
    expect(await store.editDocument({ id, baseRevision: 2, document: 'yours', now: T0 })).toBe(3);
    expect(await store.editDocument({ id: 4711, baseRevision: 0, document: 'nobody', now: T0 })).toBeNull();
  });

  it('stays when the task is removed from the list', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    const { id, ...fence } = endOf(running);
    await store.saveDocument({ ...fence, id, document: 'heard', now: T0 });
    await complete(store, running);
    await store.remove([id], T0);
    expect(await store.document(id)).toEqual({ document: 'heard', revision: 1 });
  });
});

it('parts of a checkpoint can be read while the attempt goes on, and are gone when it is completed', async () => {
  const store = await openTestStore();
  const running = await addRunning(store);
  const { id, ...fence } = endOf(running);
  expect(await store.partsOf(id)).toBeNull();
  await store.savePlan({ ...fence, id, plan: { cuts: [1] }, partsTotal: 3 });
  await store.savePart({ ...fence, id, index: 2, part: 'c' });
  await store.savePart({ ...fence, id, index: 0, part: 'a' });
  expect(await store.partsOf(id)).toEqual({ plan: { cuts: [1] }, parts: [{ index: 0, part: 'a' }, { index: 2, part: 'c' }] });
  await store.release({ ...fence, id, reason: 'quit' });
  expect(await store.partsOf(id)).toMatchObject({ plan: { cuts: [1] } });
  await complete(store, await claim(store));
  expect(await store.partsOf(id)).toBeNull();
});
