import { expect, it } from 'vitest';
import { TaskError } from '../../../shared/errors.ts';
import { ManualClock } from '../test-clock.ts';
import { Persister } from './persist.ts';

const full = () => new TaskError('DISK_FULL', 'The disk is full.', { retryable: true });

function setUp() {
  const clock = new ManualClock();
  const told: (string | null)[] = [];
  return { clock, told, persister: new Persister(clock, (trouble) => told.push(trouble?.code ?? null)) };
}

/** A save that fails so many times, and counts its tries. */
function failing(times: number, error = full()) {
  const save = Object.assign(() => {
    save.tries += 1;
    return save.tries <= times ? Promise.reject(error) : Promise.resolve('saved');
  }, { tries: 0 });
  return save;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('repeats a save until it is committed, tells of the trouble, and tells when it is over', async () => {
  const { clock, told, persister } = setUp();
  const save = failing(2);
  const saving = persister.persist(save);
  await turn();
  expect(save.tries).toBe(1);
  clock.advance(500);
  await turn();
  clock.advance(1_000);
  expect(await saving).toBe('saved');
  expect(told).toEqual(['DISK_FULL', 'DISK_FULL', null]);
});

it('trouble is over only when every stuck save is committed', async () => {
  const { clock, told, persister } = setUp();
  const [first, second] = [persister.persist(failing(1)), persister.persist(failing(2))];
  await turn();
  clock.advance(500);
  expect(await first).toBe('saved');
  expect(told).not.toContain(null);
  await turn();
  clock.advance(1_000);
  expect(await second).toBe('saved');
  expect(told.at(-1)).toBeNull();
});

it('throws at once what a repetition can not mend', async () => {
  const { told, persister } = setUp();
  await expect(persister.persist(failing(1, new TaskError('STORE_FAILED', 'gone')))).rejects.toMatchObject({ code: 'STORE_FAILED' });
  expect(told).toEqual([]);
});

it('tries those that wait once more when it closes, and then gives up', async () => {
  const { persister } = setUp();
  const [lucky, unlucky] = [failing(1), failing(9)];
  const [good, bad] = [persister.persist(lucky), persister.persist(unlucky)];
  const refused = expect(bad).rejects.toMatchObject({ code: 'DISK_FULL' });
  await turn();
  persister.close();
  expect(await good).toBe('saved');
  await refused;
  expect(unlucky.tries).toBe(2);
});
