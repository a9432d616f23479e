import { expect, it } from 'vitest';
import { processorIdleShare } from './processor-idle.ts';

it('the idle share of the processor lies between none and all', async () => {
  const share = await processorIdleShare(new AbortController().signal);
  expect(share).toBeGreaterThanOrEqual(0);
  expect(share).toBeLessThanOrEqual(1);
});

it('the look ends with its signal', async () => {
  await expect(processorIdleShare(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});
