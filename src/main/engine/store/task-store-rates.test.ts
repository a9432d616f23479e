/** Rate limits as the store keeps them, with the claims they are about. */
import { describe, expect, it } from 'vitest';
import type { Rate } from '../../../shared/queue-contract.ts';
import { gcra } from './gcra.ts';
import type { ClaimRates } from './store.ts';
import { add, draft, openTestStore, OWNER, T0 } from './test-store.ts';
import type { Store } from './store.ts';

const KEYS: ClaimRates = { queue: null, keys: { shop: { count: 2, seconds: 10 } } };

/** Ids that a claim takes, and when to look again. */
async function take(store: Store, rates: ClaimRates, { limit = 10, now = T0 } = {}): Promise<{ ids: number[]; nextAt: number | null }> {
  const { claimed, nextAt } = await store.claimRated({ queue: 'media', limit, leaseOwner: OWNER, leaseUntil: now + 60_000, now, rates });
  return { ids: claimed.map(({ task }) => task.id), nextAt };
}

describe('a rate', () => {
  /** How many of the moments are let through. */
  const passed = (rate: Rate, moments: readonly number[]): number[] => {
    let arrivalMs: number | undefined;
    return moments.filter((now) => {
      const answer = gcra(arrivalMs, rate, now);
      if (answer.kind === 'taken') ({ arrivalMs } = answer);
      return answer.kind === 'taken';
    });
  };

  it('lets all of its count through at once, then one each interval', () => {
    expect(passed({ count: 3, seconds: 30 }, [0, 0, 0, 0, 9_999, 10_000, 10_000, 20_000, 25_000])).toEqual([0, 0, 0, 10_000, 20_000]);
  });

  it('never lets more than its count through in any window beyond the first burst', () => {
    const moments = Array.from({ length: 60_000 }, (_, ms) => ms * 10);
    const later = passed({ count: 7, seconds: 60 }, moments).slice(7);
    for (const [index, at] of later.entries()) expect((later[index + 7] ?? Infinity) - at).toBeGreaterThanOrEqual(60_000);
    expect(later.length).toBeGreaterThan(60);
  });

  it('makes nobody wait longer than its own seconds after the wall clock was set back', () => {
    const rate = { count: 1, seconds: 60 };
    expect(gcra(T0 + 60_000, rate, T0 - 86_400_000)).toEqual({ kind: 'refused', nextAt: T0 - 86_400_000 + 60_000 });
  });
});

describe('claims under rate limits', () => {
  it('pass over tasks whose key has nothing left, and tell when to look again', async () => {
    const store = await openTestStore();
    const shop = [];
    for (let n = 0; n < 4; n += 1) shop.push(await add(store, { more: { rateKey: 'shop' } }));
    const free = await add(store);
    const other = await add(store, { more: { rateKey: 'not limited' } });
    expect(await take(store, KEYS)).toEqual({ ids: [shop[0], shop[1], free, other], nextAt: T0 + 5_000 });
    expect(await take(store, KEYS, { now: T0 + 4_999 })).toEqual({ ids: [], nextAt: T0 + 5_000 });
    expect(await take(store, KEYS, { now: T0 + 5_000 })).toEqual({ ids: [shop[2]], nextAt: T0 + 10_000 });
    expect(await take(store, KEYS, { now: T0 + 10_000 })).toEqual({ ids: [shop[3]], nextAt: null });
  });

  it('hold a whole queue back by its own limit, whatever the keys have left', async () => {
    const store = await openTestStore();
    const ids = [await add(store), await add(store, { more: { rateKey: 'shop' } }), await add(store)];
    const rates = { ...KEYS, queue: { count: 2, seconds: 60 } };
    expect(await take(store, rates)).toEqual({ ids: ids.slice(0, 2), nextAt: T0 + 30_000 });
    expect(await take(store, rates, { now: T0 + 30_000 })).toEqual({ ids: ids.slice(2), nextAt: null });
  });

  it('give each key without a limit of its own the one for all', async () => {
    const store = await openTestStore();
    const [a, , b] = [await add(store, { more: { rateKey: 'a' } }), await add(store, { more: { rateKey: 'a' } }), await add(store, { more: { rateKey: 'b' } })];
    expect(await take(store, { queue: null, keys: { '*': { count: 1, seconds: 60 } } })).toEqual({ ids: [a, b], nextAt: T0 + 60_000 });
  });

  it('can be asked beforehand which tasks they would take, which spends nothing', async () => {
    const store = await openTestStore();
    const ids = [await add(store, { more: { rateKey: 'shop' } }), await add(store, { more: { rateKey: 'shop' } }), await add(store, { more: { rateKey: 'shop' } }), await add(store)];
    const expected = { ids: [ids[0], ids[1], ids[3]], nextAt: T0 + 5_000 };
    for (let time = 0; time < 2; time += 1) expect(await store.letThrough({ queue: 'media', limit: 10, now: T0, rates: KEYS })).toEqual(expected);
    expect(await take(store, KEYS)).toEqual(expected);
  });

  it('spend nothing for places that they do not have', async () => {
    const store = await openTestStore();
    const ids = [await add(store, { more: { rateKey: 'shop' } }), await add(store, { more: { rateKey: 'shop' } })];
    expect(await take(store, KEYS, { limit: 1 })).toEqual({ ids: ids.slice(0, 1), nextAt: null });
    expect(await take(store, KEYS, { limit: 1 })).toEqual({ ids: ids.slice(1), nextAt: null });
  });

  it('know after a restart what was let through before: there is no second burst', async () => {
    const store = await openTestStore();
    for (let n = 0; n < 4; n += 1) await add(store, { more: { rateKey: 'shop' } });
    expect((await take(store, KEYS)).ids).toHaveLength(2);
    await store.close();
    expect(await take(await openTestStore(store.dir), KEYS, { now: T0 + 1_000 })).toEqual({ ids: [], nextAt: T0 + 5_000 });
  });

  it('find what is free behind thousands of tasks whose key is spent', async () => {
    const store = await openTestStore();
    await store.insertTasks(Array.from({ length: 9_000 }, () => draft({ priority: 10, more: { rateKey: 'shop' } })), T0);
    const free = await add(store, { priority: 0 });
    expect((await take(store, KEYS, { limit: 3 })).ids).toEqual([1, 2, free]);
  });

  it('ask the same of the tasks of a selection', async () => {
    const store = await openTestStore();
    const ids = [await add(store), await add(store), await add(store)];
    const { claimed } = await store.claimRated({ queue: 'media', limit: 3, leaseOwner: OWNER, leaseUntil: T0, now: T0, only: ids.slice(1), rates: { queue: { count: 1, seconds: 1 }, keys: {} } });
    expect(claimed.map(({ task }) => task.id)).toEqual([ids[1]]);
  });
});
