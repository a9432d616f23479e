import { expect, it } from 'vitest';
import { createTestEngine } from '../../local/test-engine.ts';
import { describeStatus } from './status.ts';

it('says what waits for what, why nothing is started, and what temporary files take', async () => {
  const found = await createTestEngine().api.getStatus({});
  const lines = describeStatus({
    ...found, pid: 7, counts: { ...found.counts, running: 1, pending: 2 }, holds: ['heat'], tempBytes: 3_000_000,
    queues: [
      { name: 'media', concurrency: 2, running: 1, waitsFor: [] },
      { name: 'speech', concurrency: 1, running: 0, waitsFor: [{ reason: 'memory', until: null, taskId: 12, detail: 'memory: needs 3.9 GB, 1.2 GB free' }, { reason: 'paused', until: null }] },
    ],
  });
  expect(lines).toEqual([
    '2 pending · 1 running', 'Longhaul works on it (process 7).', 'Nothing is started: the machine is too hot.',
    'media   1 of 2 running', 'speech  0 of 1 running; task 12 waits for memory: needs 3.9 GB, 1.2 GB free; waits for paused', 'Temporary files: 3.0 MB',
  ]);
});

it('says when nobody works on the queue', async () => {
  const found = await createTestEngine().api.getStatus({});
  expect(describeStatus({ ...found, isRunning: false, queues: [{ name: 'media', concurrency: 1, running: 0, waitsFor: [] }] })[1]).toContain('Nobody works on it now');
});
