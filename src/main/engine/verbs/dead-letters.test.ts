import { expect, it } from 'vitest';
import type { EngineEvent } from '../../../shared/contract.ts';
import { is, openTestEngine, type TestEngine } from '../test-engine.ts';

const alertsOf = (events: readonly EngineEvent[]) => events.filter((event) => event.kind === 'deadLetter').map(({ letter }) => [letter.id, letter.error?.code]);

async function openWithLetters(): Promise<TestEngine & { readonly first: number; readonly waiting: number; readonly second: number }> {
  const engine = await openTestEngine();
  const first = await engine.add('first.txt', { endings: { 1: 'fail for good' } });
  const waiting = await engine.add('waiting.txt', {}, { dependsOn: [first] });
  const second = await engine.add('=second, "quoted".txt', { endings: { 1: 'fail', 2: 'fail', 3: 'fail', 4: 'fail' } });
  await engine.until(waiting, is('failed'));
  await engine.until(second, is('failed'), 60_000);
  return Object.assign(engine, { first, waiting, second });
}

it('a task that fails for good is listed apart with its cause and age, and told once, with those that waited for it', async () => {
  const { engine, first, waiting, second, events, clock } = await openWithLetters();
  await expect.poll(() => alertsOf(events)).toEqual([[first, 'INPUT_DAMAGED'], [waiting, 'DEPENDENCY_FAILED'], [second, 'TOOL_FAILED']]);
  clock.advance(7_000);
  const { letters, total, causes } = await engine.api.listDeadLetters({});
  expect(letters.map(({ id }) => id)).toEqual([second, waiting, first]);
  expect(letters[0]).toMatchObject({ error: { code: 'TOOL_FAILED' }, attempts: 4, failures: 4, type: 'video_thumbnail', queue: 'media' });
  expect(letters[0]?.ageMs).toBeGreaterThanOrEqual(7_000);
  expect(total).toBe(3);
  expect(causes).toEqual([{ code: 'DEPENDENCY_FAILED', tasks: 1 }, { code: 'INPUT_DAMAGED', tasks: 1 }, { code: 'TOOL_FAILED', tasks: 1 }]);
  expect((await engine.api.listDeadLetters({ code: ['INPUT_DAMAGED', 'TOOL_FAILED'], limit: 1, offset: 1 })).letters.map(({ id }) => id)).toEqual([first]);
  expect((await engine.api.listDeadLetters({ text: 'quoted' })).total).toBe(1);
});

it('replays by filter what can be replayed, dependencies first, and leaves the others', async () => {
  const { engine, first, waiting, second, until } = await openWithLetters();
  expect((await engine.api.replayDeadLetters({ code: ['DEPENDENCY_FAILED'] }))).toEqual({ tasks: [], refused: [waiting] });
  const replayed = await engine.api.replayDeadLetters({ code: ['DEPENDENCY_FAILED', 'INPUT_DAMAGED'] });
  expect([replayed.tasks.map(({ id }) => id), replayed.refused]).toEqual([[first, waiting], []]);
  // The second attempt of the first has no ending in its script, so it goes well.
  await until(waiting, is('completed'));
  expect((await engine.api.listDeadLetters({})).letters.map(({ id }) => id)).toEqual([second]);
  expect(await engine.api.replayDeadLetters({ ids: [first, second] })).toMatchObject({ tasks: [{ id: second }], refused: [first] });
});

it('exports dead letters as JSON lines and as a table that a spreadsheet does not compute', async () => {
  const { engine, second } = await openWithLetters();
  const read = async (format: 'jsonl' | 'csv'): Promise<string> => Buffer.from((await engine.api.exportDeadLetters({ format, code: ['TOOL_FAILED', 'INPUT_DAMAGED'] })).base64, 'base64').toString();
  const lines = (await read('jsonl')).trimEnd().split('\n').map((line): unknown => JSON.parse(line));
  expect(lines).toMatchObject([{ id: second, error: { code: 'TOOL_FAILED' } }, { error: { code: 'INPUT_DAMAGED' } }]);
  const table = await read('csv');
  expect(table.split('\r\n')).toHaveLength(4);
  expect(table).toContain('second, ""quoted"".txt"');
  expect(table).toContain('TOOL_FAILED,It failed as its script says.');
});

it('each attempt says which worker made it, and its log has its lines alone', async () => {
  const { engine, add, until } = await openTestEngine();
  const id = await add('twice.txt', { endings: { 1: 'fail' } });
  await until(id, is('completed'), 60_000);
  const { attempts } = await engine.api.getAttempts({ id });
  expect(attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error?.code])).toEqual([[2, 'completed', undefined], [1, 'failed', 'TOOL_FAILED']]);
  for (const { worker } of attempts) expect(Number(worker)).toBeGreaterThan(0);
  const { lines } = await engine.api.getLog({ id, attempt: 1 });
  expect(lines[0]).toMatch(/attempt 1 starts/);
  expect(lines.at(-1)).toMatch(/attempt 1 ended: failed, TOOL_FAILED/);
  expect((await engine.api.getLog({ id, attempt: 2 })).lines.join()).not.toMatch(/attempt 1/);
});

it('a full disk spends no retry, however often it is met', async () => {
  const { add, until } = await openTestEngine();
  const id = await add('full.txt', { endings: { 1: 'disk full', 2: 'disk full', 3: 'disk full', 4: 'disk full', 5: 'disk full' } });
  expect(await until(id, is('completed'), 700_000)).toMatchObject({ attempt: 6, failures: 0, lastError: { code: 'DISK_FULL' } });
});

it('a rate limit waits as its error says, and spends no retry', async () => {
  const { add, until, clock } = await openTestEngine();
  const id = await add('limited.txt', { endings: { 1: 'rate limit' } });
  const retrying = await until(id, is('retrying'));
  expect(retrying).toMatchObject({ failures: 0, runAt: clock.now() + 33_000, lastError: { code: 'RATE_LIMITED', retryAfterMs: 30_000 } });
  clock.advance(33_000);
  expect(await until(id, is('completed'))).toMatchObject({ attempt: 2, failures: 0 });
});

it('a removed task is restored to the list and told of', async () => {
  const { engine, add, until, events } = await openTestEngine();
  const id = await add('a.txt', {});
  await until(id, is('completed'));
  await engine.api.removeTasks({ ids: [id] });
  expect((await engine.api.listTasks({ isRemoved: true })).tasks.map((task) => task.id)).toEqual([id]);
  expect(await engine.api.restoreTasks({ ids: [id] })).toMatchObject({ tasks: [{ id, status: 'completed' }] });
  expect((await engine.api.listTasks({})).total).toBe(1);
  await expect.poll(() => events.findLast((event) => event.kind === 'task')).toMatchObject({ task: { id, status: 'completed', deletedAt: null } });
});
