import { beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { listQuery } from './list-sql.ts';
import type { ListFilter, Store } from './store.ts';
import { add, claim, complete, draft, endOf, failForGood, get, openTestStore, T0, tempDir } from './test-store.ts';

let store: Store & { readonly dir: string };

beforeEach(async () => {
  store = await openTestStore();
});

const ids = async (filter: Partial<ListFilter>): Promise<readonly number[]> => {
  const page = await store.listIds({ limit: 100, offset: 0, ...filter });
  const whole = await store.list({ limit: 100, offset: 0, ...filter });
  expect(whole.tasks.map(({ id }) => id)).toEqual(page.ids);
  expect([page.total, whole.total]).toEqual([page.ids.length, page.ids.length]);
  return page.ids;
};

/** 1: completed, 2: failed, 3: cancelled, 4: pending speech of somebody's project, 5: its removed sibling. */
async function addFive(): Promise<void> {
  await add(store, { inputs: ['/videos/First_100%.mov'], priority: 9 }, T0);
  await complete(store, await claim(store), T0 + 9_000);
  await add(store, { inputs: ['/videos/second.mov'], recipe: 'mp4-small', priority: 8 }, T0 + 1);
  await failForGood(store, await claim(store), T0 + 5_000);
  await add(store, { inputs: ['C:\\Films\\Third.mov'], priority: 2, type: 'video_thumbnail' }, T0 + 2);
  await store.cancel([3], T0 + 7_000);
  for (const name of ['fourth', 'fifth']) {
    await add(store, { type: 'transcribe', queue: 'speech', inputs: [`/sounds/${name}.wav`], recipe: 'transcript', more: { parentTaskId: 1, owner: 'ada', project: 'radio' } }, T0 + 3);
  }
  await store.remove([5], T0 + 10_000);
}

describe('a list', () => {
  beforeEach(addFive);

  const FILTERED: [Partial<ListFilter>, number[]][] = [
    [{}, [4, 3, 2, 1]],
    [{ status: ['completed', 'failed'] }, [2, 1]],
    [{ status: [] }, []],
    [{ type: ['transcribe'] }, [4]],
    [{ type: ['transcribe', 'video_thumbnail'] }, [4, 3]],
    [{ queue: ['media'] }, [3, 2, 1]],
    [{ recipe: ['mp4-small', 'transcript'] }, [4, 2]],
    [{ parentTaskId: 1 }, [4]],
    [{ owner: 'ada' }, [4]],
    [{ owner: 'nobody' }, []],
    [{ project: 'radio', status: ['pending'] }, [4]],
    [{ project: 'radio', status: ['failed'] }, []],
    [{ createdFrom: T0 + 1, createdTo: T0 + 3 }, [3, 2]],
    [{ finishedFrom: T0 + 5_000, finishedTo: T0 + 9_000 }, [3, 2]],
    [{ code: ['TOOL_FAILED'] }, [2]],
    [{ code: ['DISK_FULL'] }, []],
    [{ isDeadLetter: true }, [2]],
    [{ isDeadLetter: true, status: ['completed'] }, []],
    [{ isDeadLetter: false }, [4, 3, 1]],
    [{ isRemoved: true }, [5]],
    [{ isRemoved: true, owner: 'ada' }, [5]],
    [{ ids: [5, 4, 1] }, [4, 1]],
  ];
  it('has the tasks that fit all of its filters', async () => {
    for (const [filter, expected] of FILTERED) expect(await ids(filter), JSON.stringify(filter)).toEqual(expected);
  });

  const WITH_TEXT: [string, number[]][] = [
    ['second', [2]], ['SECOND', [2]], ['100%', [1]], ['t_1', [1]], ['d_m', []], ['\\films\\', [3]], ['.mov', [3, 2, 1]], ['ffmpeg failed', [2]], ['retryable', []], ["'; DROP TABLE task; --", []],
  ];
  it('finds a text in inputs, messages and errors, whatever signs it has', async () => {
    for (const [text, expected] of WITH_TEXT) expect(await ids({ text }), text).toEqual(expected);
  });

  const SORTED: [Partial<ListFilter>, number[]][] = [
    [{ sort: 'created', direction: 'asc' }, [1, 2, 3, 4]],
    [{ sort: 'finished' }, [1, 3, 2, 4]],
    [{ sort: 'finished', direction: 'asc' }, [2, 3, 1, 4]],
    [{ sort: 'finished', status: ['failed'] }, [2]],
    [{ sort: 'priority' }, [1, 2, 4, 3]],
    [{ sort: 'priority', direction: 'asc' }, [3, 4, 2, 1]],
    [{ sort: 'updated' }, [1, 3, 2, 4]],
    [{ sort: 'updated', direction: 'asc', status: ['completed', 'failed'] }, [2, 1]],
    [{ sort: 'duration' }, [2, 1, 4, 3]],
    [{ sort: 'order' }, [1, 2, 4, 3]],
    [{ sort: 'order', status: ['pending'], queue: ['speech'] }, [4]],
  ];
  it('is sorted both ways, with what has no value last', async () => {
    for (const [filter, expected] of SORTED) expect(await ids(filter), JSON.stringify(filter)).toEqual(expected);
  });

  it('comes in pages that know how many there are', async () => {
    for (const filter of [{}, { queue: ['media', 'speech'] as const }, { text: '/' }, { sort: 'priority' as const }]) {
      expect(await store.listIds({ ...filter, limit: 1, offset: 1 })).toMatchObject({ ids: [expect.any(Number)], total: 'text' in filter ? 3 : 4 });
    }
    expect(await store.listIds({ limit: 2, offset: 3 })).toEqual({ ids: [1], total: 4 });
  });
});

describe('dead letters', () => {
  it('are counted by cause, damaged ones too', async () => {
    for (const code of ['TOOL_FAILED', 'INPUT_DAMAGED', 'TOOL_FAILED'] as const) {
      await add(store);
      await store.fail({ ...endOf(await claim(store)), error: { code, message: '', retryable: false }, retryAt: null });
    }
    await store.close();
    const db = openDatabase({ dir: store.dir, now: T0 });
    db.exec(`INSERT INTO task (type, recipe, status, queue, priority, order_key, inputs, options, max_retries, created_at, updated_at, error)
      VALUES ('video_convert', 'r', 'failed', 'media', 5, 0, '[]', '{}', 0, ${T0}, ${T0}, '{torn')`);
    db.close();
    store = await openTestStore(store.dir);
    const filter = { status: ['failed'], sort: 'finished', limit: 0, offset: 0 } as const;
    expect(await store.causes(filter)).toEqual([{ code: 'TOOL_FAILED', tasks: 2 }, { code: null, tasks: 1 }, { code: 'INPUT_DAMAGED', tasks: 1 }]);
    expect(await store.causes({ ...filter, code: ['INPUT_DAMAGED'] })).toEqual([{ code: 'INPUT_DAMAGED', tasks: 1 }]);
  });
});

describe('a removed task', () => {
  it('comes back in the status it had, cancelled where it was stopped for the removal, and can be retried', async () => {
    await addFive();
    await store.remove([1, 4], T0 + 11_000);
    const touched = await store.restore([1, 4, 5], T0 + 12_000);
    expect(touched.map(({ task, didChange }) => [task.status, task.deletedAt, didChange])).toEqual([['completed', null, true], ['cancelled', null, true], ['cancelled', null, true]]);
    expect(await ids({})).toEqual([5, 4, 3, 2, 1]);
    expect(await store.counts()).toMatchObject({ completed: 1, failed: 1, cancelled: 3, pending: 0 });
    expect((await store.retry([4], T0 + 13_000))[0]?.task.status).toBe('pending');
  });

  it('whose attempt has not stopped yet goes on', async () => {
    await add(store);
    const running = await claim(store);
    await store.remove([1], T0 + 1);
    expect((await store.restore([1], T0 + 2))[0]).toMatchObject({ didChange: true, task: { status: 'running', stopRequested: null } });
    await store.release({ ...endOf(running), reason: null });
    expect(await get(store, 1)).toMatchObject({ status: 'pending', deletedAt: null });
  });

  it('is the only kind that a restore changes', async () => {
    await add(store);
    expect((await store.restore([1], T0 + 1))[0]).toMatchObject({ didChange: false, task: { updatedAt: T0 } });
    await expect(store.restore([9], T0)).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
  });
});

describe('the log of an attempt', () => {
  it('has what was said in it, and nothing of the others', async () => {
    await add(store);
    await store.appendLog([[1, T0, 'the engine'], [1, T0, 'first', 1], [1, T0, 'second', 2], [1, T0 + 1, 'more of it', 2]]);
    expect(await store.readLog(1, 10, 2)).toEqual([[T0, 'second'], [T0 + 1, 'more of it']]);
    expect(await store.readLog(1, 1, 2)).toEqual([[T0 + 1, 'more of it']]);
    expect(await store.readLog(1, 10)).toHaveLength(4);
  });
});

/** What SQLite does for a filter, in its own words. */
async function plans(filters: readonly Partial<ListFilter>[]): Promise<string[]> {
  const db = openDatabase({ dir: await tempDir(), now: T0 });
  try {
    return filters.map((filter) => {
      const { from, where, orderBy, values } = listQuery({ limit: 1, offset: 0, ...filter });
      return db.prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN SELECT id FROM ${from} WHERE ${where} ORDER BY ${orderBy} LIMIT 1`).all(values).map(({ detail }) => detail).join('; ');
    });
  } finally {
    db.close();
  }
}

describe('the plan of a list', () => {
  it('reads only index entries for what the list’s own index has', async () => {
    const filters: Partial<ListFilter>[] = [
      { type: ['transcribe'] }, { queue: ['media', 'speech'], recipe: ['mp4-h264'] }, { sort: 'finished', status: ['completed'] }, { owner: 'ada', project: 'radio', direction: 'asc' },
      { createdFrom: 1, finishedTo: 2, status: ['completed', 'cancelled'] },
    ];
    for (const plan of await plans(filters)) expect(plan).toMatch(/USING COVERING INDEX task_list/);
  });

  it('looks up groups, parents, removed tasks and dead letters by index', async () => {
    expect(await plans([{ groupId: 1 }, { parentTaskId: 1 }, { code: ['DISK_FULL'], isDeadLetter: true }, { isRemoved: true }, { ids: [1, 2] }])).toEqual([
      expect.stringMatching(/SEARCH .*task_members \(group_id=\?\)/),
      expect.stringMatching(/SEARCH .*task_children \(parent_id=\?\)/), expect.stringMatching(/SEARCH .*task_list \(status=\?\)/), expect.stringMatching(/task_removed/),
      expect.stringMatching(/INTEGER PRIMARY KEY/),
    ]);
  });

  it('goes by ranges of ids where all have to be looked at, through the index as far as that has what is asked', async () => {
    const db = openDatabase({ dir: await tempDir(), now: T0 });
    const planOf = (filter: Partial<ListFilter>): string | undefined => {
      const { portion, values } = listQuery({ limit: 1, offset: 0, ...filter });
      return db.prepare<[object], { detail: string }>(`EXPLAIN QUERY PLAN SELECT id, ${portion?.key ?? ''} FROM ${portion?.from ?? ''} WHERE ${portion?.where ?? ''}`).get({ ...values, first: 1, upTo: 2 })?.detail;
    };
    for (const filter of [{ owner: 'ada' }, { sort: 'finished' }, { type: ['transcribe'], status: ['completed'] }] as const) {
      expect(planOf(filter), JSON.stringify(filter)).toMatch(/COVERING INDEX task_list \(status=\? AND id>\? AND id<\?\)/);
    }
    for (const filter of [{ text: 'a', status: ['failed'] }, { code: ['DISK_FULL'] }] as const) expect(planOf(filter), JSON.stringify(filter)).toMatch(/INDEX task_list \(status=\? AND id>\? AND id<\?\)/);
    for (const filter of [{ text: 'a' }, { sort: 'priority' }] as const) expect(planOf(filter), JSON.stringify(filter)).toMatch(/INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/);
    db.close();
  });

  it('takes pending tasks of a queue in their order without sorting them', async () => {
    const [plan] = await plans([{ status: ['pending'], queue: ['media'], sort: 'order' }]);
    expect(plan).toMatch(/task_claim/);
    expect(plan).not.toMatch(/TEMP B-TREE/);
  });
});

it('what one draft says more is found by it', async () => {
  await store.insertTasks([draft({ more: { owner: 'grace', retryDelayMs: 60_000 } })], T0);
  expect((await store.list({ owner: 'grace', limit: 1, offset: 0 })).tasks).toMatchObject([{ owner: 'grace', retryDelayMs: 60_000 }]);
});
