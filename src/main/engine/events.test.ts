import { expect, it } from 'vitest';
import type { EngineEvent } from '../../shared/contract.ts';
import { Events } from './events.ts';
import { ManualClock } from './test-clock.ts';

function setUp() {
  const clock = new ManualClock();
  const events = new Events(clock);
  const heard: EngineEvent[] = [];
  const off = events.on((event) => heard.push(event));
  return { clock, events, heard, off };
}

const progress = (id: number, percent: number) => ({ kind: 'progress', id, progress: percent, progressCurrent: percent, progressTotal: 100, message: '' }) as const;

it('tells at most four times a second of each task, and always the newest', () => {
  const { clock, events, heard } = setUp();
  for (let ms = 0; ms < 1_000; ms += 10) {
    events.progress(progress(1, ms / 10));
    events.progress(progress(2, 7));
    clock.advance(10);
  }
  const ofFirst = heard.flatMap((event) => (event.kind === 'progress' && event.id === 1 ? [event.progress] : []));
  expect(ofFirst).toHaveLength(4);
  expect(ofFirst.at(-1)).toBeGreaterThan(95);
});

it('keeps the trouble until it is over, and tells nobody who has gone', () => {
  const { events, heard, off } = setUp();
  const trouble = { code: 'DISK_FULL', message: 'full', retryable: true } as const;
  events.emit({ kind: 'trouble', trouble });
  expect(events.trouble).toEqual(trouble);
  off();
  events.emit({ kind: 'trouble', trouble: null });
  expect(events.trouble).toBeNull();
  expect(heard).toHaveLength(1);
});
