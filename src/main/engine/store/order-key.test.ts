import { describe, expect, it } from 'vitest';
import { orderKey, type OrderInput } from './order-key.ts';

const T0 = 1_700_000_000_000;
const MINUTE_MS = 60_000;
const base: OrderInput = { priority: 5, tier: 0, estimateSeconds: null, createdAt: T0 };

/** The rule that the key stands for, as the design words it. */
function pointsAt(now: number, { priority, tier, estimateSeconds, createdAt }: OrderInput): number {
  return priority + 10 * tier + (now - createdAt) / MINUTE_MS - (estimateSeconds !== null && estimateSeconds > 3600 ? 20 : 0);
}

describe('the order key', () => {
  it('is 60 000 × (priority + 10 × tier − penalty) − createdAt', () => {
    expect(orderKey(base)).toBe(5 * MINUTE_MS - T0);
    expect(orderKey({ ...base, tier: 2 })).toBe(25 * MINUTE_MS - T0);
    expect(orderKey({ ...base, estimateSeconds: 3601 })).toBe(-15 * MINUTE_MS - T0);
  });

  it('puts off only work of more than an hour', () => {
    expect(orderKey({ ...base, estimateSeconds: 3600 })).toBe(orderKey(base));
    expect(orderKey({ ...base, estimateSeconds: 3601 })).toBeLessThan(orderKey(base));
  });

  it('lets a task that waited a minute longer match one point of priority', () => {
    expect(orderKey({ ...base, createdAt: T0 - MINUTE_MS })).toBe(orderKey({ ...base, priority: 6 }));
  });

  it('orders any two tasks as the rule does, whenever one looks', () => {
    const tasks: OrderInput[] = [];
    for (const priority of [0, 3, 5, 10]) {
      for (const tier of [0, 1]) {
        for (const estimateSeconds of [null, 60, 7200]) {
          for (const waitedMs of [0, 90_000, 45 * MINUTE_MS]) tasks.push({ priority, tier, estimateSeconds, createdAt: T0 - waitedMs });
        }
      }
    }
    for (const now of [T0, T0 + 1, T0 + 36 * 60 * MINUTE_MS]) {
      const disagreements = tasks.flatMap((a) => tasks.filter((b) => {
        const byRule = Math.round((pointsAt(now, a) - pointsAt(now, b)) * MINUTE_MS);
        return byRule !== 0 ? Math.sign(byRule) !== Math.sign(orderKey(a) - orderKey(b)) : orderKey(a) !== orderKey(b);
      }));
      expect(disagreements).toEqual([]);
    }
  });
});
