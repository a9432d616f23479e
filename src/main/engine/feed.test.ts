import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineEvent } from '../../shared/contract.ts';
import { summaryOf } from '../../shared/summary.ts';
import type { TaskId } from '../../shared/task.ts';
import { Changes } from './changes.ts';
import { Events } from './events.ts';
import { Feed } from './feed.ts';
import { ManualClock } from './test-clock.ts';
import { add, addRunning, complete, get, openTestStore, T0 } from './store/test-store.ts';

type Delta = Extract<EngineEvent, { kind: 'delta' }>;

async function setUp() {
  const store = await openTestStore();
  const clock = new ManualClock();
  const events = new Events(clock);
  const feed = new Feed(events, clock, 'this start');
  const changes = new Changes(store, events);
  onTestFinished(() => feed.close());
  return { store, clock, events, feed, changes };
}

/** Hears deltas. */
function listen(events: Events): { deltas: Delta[]; off: () => void } {
  const deltas: Delta[] = [];
  const off = events.on((event) => {
    if (event.kind === 'delta') deltas.push(event);
  });
  return { deltas, off };
}

const progress = (id: TaskId, percent: number) => ({ kind: 'progress', id, progress: percent, progressCurrent: percent, progressTotal: 100, message: 'encoding' }) as const;

describe('deltas', () => {
  it('tell the changes of a moment as one, with the newest state of each task', async () => {
    const { store, clock, events, feed, changes } = await setUp();
    const { deltas } = listen(events);
    const { revision } = feed;
    const [first, second] = [await add(store), await add(store)];
    changes.note([first, second]);
    await changes.told();
    await store.pause([second], T0 + 1);
    changes.note([second]);
    await changes.told();
    expect(deltas).toEqual([]);
    clock.advance(20);
    expect(deltas).toEqual([{
      kind: 'delta', epoch: 'this start', revision: revision + 1, removed: [], progress: [], tasks: [summaryOf(await get(store, first)), summaryOf(await get(store, second))],
    }]);
    expect(feed.revision).toBe(revision + 1);
  });

  it('name what was removed', async () => {
    const { store, clock, events, changes } = await setUp();
    const { deltas } = listen(events);
    const id = await add(store);
    changes.note([id]);
    await changes.told();
    await store.remove([id], T0);
    changes.note([id]);
    await changes.told();
    clock.advance(20);
    expect(deltas).toMatchObject([{ tasks: [], removed: [id] }]);
  });

  it('tell progress at most four times a second a task, and never over a newer state of it', async () => {
    const { store, clock, events, changes } = await setUp();
    const { deltas } = listen(events);
    const running = await addRunning(store);
    const { id } = running.task;
    for (let ms = 0; ms < 2_000; ms += 10) {
      events.progress(progress(id, ms / 20));
      clock.advance(10);
    }
    expect(deltas.length).toBeGreaterThan(4);
    expect(deltas.length).toBeLessThanOrEqual(8);
    expect(deltas.at(-1)).toMatchObject({ tasks: [], progress: [{ id, message: 'encoding' }] });
    events.progress(progress(id, 99));
    clock.advance(245);
    await complete(store, running);
    changes.note([id]);
    await changes.told();
    clock.advance(1_000);
    expect(deltas.at(-1)).toMatchObject({ tasks: [{ id, status: 'completed', progress: 100 }], progress: [] });
  });

  it('are numbered without a gap while somebody listens, and with one over a time in which nobody did', async () => {
    const { store, clock, events, feed, changes } = await setUp();
    const change = async () => {
      changes.note([await add(store)]);
      await changes.told();
      clock.advance(20);
    };
    const first = listen(events);
    const { revision: seen } = feed;
    await change();
    await change();
    expect(first.deltas.map(({ revision }) => revision)).toEqual([seen + 1, seen + 2]);
    first.off();
    await change();
    const second = listen(events);
    await change();
    expect(second.deltas[0]?.revision).toBeGreaterThan(seen + 3);
  });
});
