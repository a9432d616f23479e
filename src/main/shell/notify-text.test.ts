import { describe, expect, it } from 'vitest';
import { emptyBatch, type Batch } from './batch.ts';
import { attentionNotice, batchNotice } from './notify-text.ts';
import { LANGUAGES } from './texts.ts';

const batch = (completed: number[], failed: number[]): Batch => ({ ...emptyBatch(0), completed: new Set(completed), failed: new Map(failed.map((id) => [id, { id, input: `/films/${String(id)}.mp4`, message: 'It is damaged.' }])) });

describe('a notification', () => {
  it('tells of a batch in one sentence and leads to its newest result', () => {
    expect(batchNotice(batch([1, 2, 3], []), LANGUAGES.en)).toEqual({ title: 'The queue is done', body: '3 tasks are finished.', id: 3 });
    expect(batchNotice(batch([1], []), LANGUAGES['zh-CN'])).toEqual({ title: '队列已完成', body: '1 个任务已完成。', id: 1 });
  });

  it('leads to what failed, if anything did', () => {
    expect(batchNotice(batch([1, 3], [2]), LANGUAGES.en)).toEqual({ title: 'The queue is done', body: '2 tasks are finished. 1 needs your attention.', id: 2 });
    expect(batchNotice(batch([], [2, 4]), LANGUAGES.en)?.body).toBe('2 need your attention.');
  });

  it('says nothing of a batch in which nothing was done', () => {
    expect(batchNotice(batch([], []), LANGUAGES.en)).toBeNull();
  });

  it('says which file waits for its user, and why', () => {
    expect(attentionNotice({ id: 7, input: '/films/a {message} b.mp4', message: 'It is damaged.' }, LANGUAGES.en)).toEqual({ title: 'A task needs your attention', body: 'a {message} b.mp4: It is damaged.', id: 7 });
  });
});
