import { expect, it, vi } from 'vitest';
import type { InspectedFile } from '../../../shared/contract.ts';
import type { Input, Output } from '../../api/transport.ts';
import { readFiles } from './reading.ts';

const file = (path: string): InspectedFile => ({ path, sizeBytes: 1, kind: 'video', recipes: ['mp3'], problem: null });

/** An engine whose answers come when the test gives them. */
function started(paths: readonly string[], abort = new AbortController()) {
  const asked: { readonly input: Input<'inspectFiles'>; readonly answer: (output: Output<'inspectFiles'>) => void; readonly fail: (error: Error) => void }[] = [];
  const told: string[] = [];
  const done = readFiles(paths, {
    ask: (input) => new Promise((resolve, reject) => asked.push({ input, answer: resolve, fail: reject })),
    signal: abort.signal,
    onPiece: (files, leftOut) => told.push([...files.map(({ path }) => path), ...(leftOut > 0 ? [`and ${leftOut}`] : []), `asked ${asked.length}`].join(' ')),
  });
  return { asked, told, done };
}

it('tells each piece as it comes, and asks for the next before it does', async () => {
  const { asked, told, done } = started(['/a', '/folder']);
  expect(asked.map(({ input }) => input)).toEqual([{ paths: ['/a', '/folder'], inPieces: true }]);
  asked[0]?.answer({ files: [file('/a'), file('/folder/b')], leftOut: 0, next: 'one' });
  await vi.waitFor(() => expect(told).toEqual(['/a /folder/b asked 2']));
  asked[1]?.answer({ files: [], leftOut: 0, next: 'two' });
  await vi.waitFor(() => expect(asked).toHaveLength(3));
  asked[2]?.answer({ files: [file('/folder/c')], leftOut: 7, next: null });
  await done;
  expect(asked.map(({ input }) => input.next)).toEqual([undefined, 'one', 'two']);
  expect(told).toEqual(['/a /folder/b asked 2', 'asked 3', '/folder/c and 7 asked 3']);
});

it('counts what is more than the contract takes at once among what is left out', async () => {
  const { asked, told, done } = started(Array.from({ length: 100_005 }, (_, index) => `/${index}`));
  expect(asked[0]?.input.paths).toHaveLength(100_000);
  asked[0]?.answer({ files: [file('/0')], leftOut: 90_000, next: null });
  await done;
  expect(told).toEqual(['/0 and 90005 asked 1']);
});

it('after it was aborted, an answer is neither told nor followed', async () => {
  const abort = new AbortController();
  const { asked, told, done } = started(['/a'], abort);
  abort.abort();
  asked[0]?.answer({ files: [file('/a')], leftOut: 0, next: 'one' });
  await done;
  expect([told, asked.length]).toEqual([[], 1]);
});

it('throws what breaks it off, after what was told', async () => {
  const { asked, told, done } = started(['/a']);
  asked[0]?.answer({ files: [file('/a')], leftOut: 0, next: 'one' });
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  asked[1]?.fail(new Error('the connection is lost'));
  await expect(done).rejects.toThrow('the connection is lost');
  expect(told).toEqual(['/a asked 2']);
});
