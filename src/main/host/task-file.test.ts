import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TaskError } from '../../shared/errors.ts';
import { testTask } from '../local/test-engine.ts';
import { findTaskFile, parseTaskFilePath } from './task-file.ts';

describe('an address of a task’s file', () => {
  it('names task, side and place', () => {
    expect(parseTaskFilePath('/12/output/0')).toEqual({ id: 12, which: 'output', index: 0 });
    expect(parseTaskFilePath('/1/input/10')).toEqual({ id: 1, which: 'input', index: 10 });
  });

  it.each(['', '/', '/1', '/1/input', '/1/input/', '/0/input/0', '/01/input/0', '/1/input/00', '/-1/input/0', '/1/inputs/0', '/1/input/0/', '//1/input/0', '/1e1/input/0', '/1/input/%30', '/1/../input/0', '/1/input/0?x', '/9999999999999999/input/0', '/1/input/0\n'])('%j names none', (path) => {
    expect(parseTaskFilePath(path)).toBeNull();
  });
});

describe('a task’s file', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'task-file-'));
    await writeFile(join(dir, 'in.mov'), '');
    await writeFile(join(dir, 'out.mp4'), '');
  });
  afterAll(() => rm(dir, { recursive: true }));

  const api = {
    getTask: ({ id }: { id: number }) => {
      if (id !== 3) return Promise.reject(new TaskError('TASK_UNKNOWN', 'There is none.'));
      return Promise.resolve(testTask({ id, inputs: [join(dir, 'in.mov')], outputs: ['out.mp4', 'gone.mp4', '.'].map((name) => ({ path: join(dir, name), sizeBytes: 0, sha256: '0'.repeat(64) })) }));
    },
  };

  it('is found by its place', async () => {
    expect(await findTaskFile(api, { id: 3, which: 'input', index: 0 })).toBe(join(dir, 'in.mov'));
    expect(await findTaskFile(api, { id: 3, which: 'output', index: 0 })).toBe(join(dir, 'out.mp4'));
  });

  it.each([
    [{ id: 3, which: 'output', index: 1 }, 'INPUT_MISSING', /gone\.mp4 of task 3 is not there any more/],
    [{ id: 3, which: 'output', index: 2 }, 'INPUT_MISSING', /not there/],
    [{ id: 3, which: 'output', index: 3 }, 'TASK_STATE', /Task 3 has no result 4 yet/],
    [{ id: 3, which: 'input', index: 1 }, 'TASK_STATE', /no input 2/],
    [{ id: 4, which: 'input', index: 0 }, 'TASK_UNKNOWN', /none/],
  ] as const)('%j is refused with %s', async (wanted, code, message) => {
    await expect(findTaskFile(api, wanted)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
