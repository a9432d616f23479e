import { describe, expect, it } from 'vitest';
import { testTask } from '../local/test-engine.ts';
import { TaskError } from '../../shared/errors.ts';
import { renderOutcome, sortOutcome } from './outcome.ts';
import { Results } from './results.ts';

const failure = (code: 'INPUT_NO_STREAM' | 'TOOL_FAILED') => new TaskError(code, 'No video\nin it.').toShape();

describe('Results', () => {
  it('hold what has settled, in its newest state', () => {
    const results = new Results();
    results.note(testTask({ id: 1, status: 'running' }));
    results.note(testTask({ id: 1, status: 'failed' }));
    results.note(testTask({ id: 2, status: 'completed' }));
    expect([...results.failedIds]).toEqual([1]);
    results.note(testTask({ id: 1, status: 'pending' }));
    results.note(testTask({ id: 1, status: 'completed' }));
    results.note(testTask({ id: 3, status: 'cancelled', deletedAt: 5 }));
    expect([results.failedIds.size, results.tasks.map(({ id }) => id)]).toEqual([0, [2, 1]]);
  });

  it('stay bounded, and a failure is never forgotten', () => {
    const results = new Results();
    results.note(testTask({ id: 1, status: 'failed' }));
    for (let id = 2; id < 10_100; id += 1) results.note(testTask({ id, status: 'completed' }));
    expect(results.tasks).toHaveLength(10_000);
    expect(results.tasks.at(-1)?.id).toBe(10_099);
    expect(results.failedIds.has(1)).toBe(true);
  });
});

describe('the outcome', () => {
  const tasks = [
    testTask({ id: 1, status: 'completed', recipe: 'transcript', outputs: [{ path: '/out/a.srt', sizeBytes: 1200, sha256: '0' }, { path: '/out/a\n.vtt', sizeBytes: 9, sha256: '0' }], warnings: ['Software encoder used.'] }),
    testTask({ id: 2, status: 'failed', inputs: ['/in/talk.wav'], recipe: 'mp3', error: failure('INPUT_NO_STREAM') }),
    testTask({ id: 3, status: 'failed', inputs: ['/in/talk.wav'], recipe: 'wav', error: failure('TOOL_FAILED') }),
    testTask({ id: 4, status: 'paused' }),
  ];

  it('lists results with paths, failures with reasons, and the numbers', () => {
    expect(renderOutcome(sortOutcome(tasks, true))).toEqual([
      'Results:', '  transcript  /out/a.srt  (1.2 kB)', '              /out/a␊.vtt  (9 bytes)', '              Note: Software encoder used.',
      'Failed:', '  wav         #3 talk.wav: No video␊in it.',
      'Skipped, since the file has nothing for them:', '  mp3         talk.wav: No video␊in it.',
      '1 completed, 1 failed, 1 skipped, 1 not finished.',
    ]);
  });

  it('counts an unfit recipe as failed where nobody allowed it', () => {
    const { failed, unfit } = sortOutcome(tasks, false);
    expect([failed.map(({ id }) => id), unfit]).toEqual([[2, 3], []]);
    expect(renderOutcome(sortOutcome([], false))).toEqual(['0 completed.']);
  });
});
