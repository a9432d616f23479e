/** What rate limits have let through, kept with the claims that it is about: a restart causes no burst, and a claim that is not committed spends nothing. */
import type Database from 'better-sqlite3';
import type { Rate } from '../../../shared/queue-contract.ts';
import type { QueueName } from '../../../shared/task.ts';
import { gcra } from './gcra.ts';
import type { ClaimRates } from './store.ts';

export interface Rates {
  /** Limits as they stand within this transaction. */
  open(queue: QueueName, limits: ClaimRates, now: number): RateBook;
}

export interface RateBook {
  /** Takes one of the queue's and one of the key's, or neither. queue: nothing more of this queue; key: nothing more of this key. */
  take(rateKey: string | null): 'taken' | 'queue' | 'key';
  /** When the first of what was refused may be tried again, epoch ms; null: nothing was. */
  readonly nextAt: number | null;
  /** Writes down what was taken. */
  save(): void;
}

export function createRates(db: Database.Database): Rates {
  const selectArrivals = db.prepare<[], [name: string, arrivalMs: number]>('SELECT name, arrival_ms FROM rate').raw();
  const upsertArrival = db.prepare<[name: string, arrivalMs: number]>('INSERT INTO rate (name, arrival_ms) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET arrival_ms = excluded.arrival_ms');
  // An arrival time in the past says no more than none, so the table stays as small as what is limited right now.
  const deleteSpent = db.prepare<[now: number]>('DELETE FROM rate WHERE arrival_ms <= ?');

  return {
    open(queue, limits, now) {
      const arrivals = new Map(selectArrivals.all());
      const taken = new Map<string, number>();
      const refusedKeys = new Set<string>();
      let nextAt: number | null = null;
      const refuse = (at: number): void => void (nextAt = Math.min(nextAt ?? at, at));
      const ask = (name: string, rate: Rate) => gcra(arrivals.get(name), rate, now);
      const take = (name: string, arrivalMs: number): void => {
        arrivals.set(name, arrivalMs);
        taken.set(name, arrivalMs);
      };
      const limitOf = (key: string): Rate | undefined => limits.keys[key] ?? limits.keys['*'];

      return {
        get nextAt() { return nextAt; },
        take(rateKey) {
          const ofQueue = limits.queue === null ? null : ask(`queue ${queue}`, limits.queue);
          if (ofQueue?.kind === 'refused') {
            refuse(ofQueue.nextAt);
            return 'queue';
          }
          const limit = rateKey === null ? undefined : limitOf(rateKey);
          if (rateKey !== null && refusedKeys.has(rateKey)) return 'key';
          const ofKey = limit === undefined ? null : ask(`key ${rateKey ?? ''}`, limit);
          if (ofKey?.kind === 'refused') {
            refusedKeys.add(rateKey ?? '');
            refuse(ofKey.nextAt);
            return 'key';
          }
          if (ofQueue !== null) take(`queue ${queue}`, ofQueue.arrivalMs);
          if (ofKey !== null) take(`key ${rateKey ?? ''}`, ofKey.arrivalMs);
          return 'taken';
        },
        save() {
          if (taken.size === 0) return;
          deleteSpent.run(now);
          for (const [name, arrivalMs] of taken) upsertArrival.run(name, arrivalMs);
        },
      };
    },
  };
}
