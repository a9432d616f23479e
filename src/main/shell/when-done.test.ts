import { describe, expect, it } from 'vitest';
import { createWhenDone, type WhenDone } from './when-done.ts';

function started(): { whenDone: WhenDone; pass: (seconds: number) => void; log: unknown[][] } {
  const log: unknown[][] = [];
  const ticks = new Set<() => void>();
  const whenDone = createWhenDone({
    tell: (action, inSeconds) => { log.push(['tell', action, inSeconds]); },
    act: (action) => { log.push(['act', action]); },
    everySecond: (tick) => {
      ticks.add(tick);
      return () => { ticks.delete(tick); };
    },
  });
  return { whenDone, log, pass: (seconds) => { for (let second = 0; second < seconds; second += 1) for (const tick of [...ticks]) tick(); } };
}

describe('when the queue is done', () => {
  it('a minute passes before anything happens, and it happens once', () => {
    const { whenDone, pass, log } = started();
    whenDone.start('shutdown');
    pass(59);
    expect(log.at(-1)).toEqual(['tell', 'shutdown', 1]);
    pass(300);
    expect(log.slice(-2)).toEqual([['tell', null, 0], ['act', 'shutdown']]);
    expect(log.filter(([kind]) => kind === 'act')).toHaveLength(1);
  });

  it('a no in the last second counts', () => {
    const { whenDone, pass, log } = started();
    whenDone.start('sleep');
    pass(59);
    whenDone.cancel();
    whenDone.cancel();
    pass(100);
    expect(log.slice(-2)).toEqual([['tell', 'sleep', 1], ['tell', null, 0]]);
  });

  it('a changed wish counts from the start', () => {
    const { whenDone, pass, log } = started();
    whenDone.start('sleep');
    pass(50);
    whenDone.start('quit');
    expect(log.slice(-2)).toEqual([['tell', null, 0], ['tell', 'quit', 60]]);
    pass(60);
    expect(log.filter(([kind]) => kind === 'act')).toEqual([['act', 'quit']]);
  });
});
