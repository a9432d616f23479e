/** What the benches of the store share: its folder, and tasks that are the same in every run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../src/main/engine/store/client.ts';
import type { PackedDraft } from '../src/main/engine/store/operations.ts';
import { orderKey } from '../src/main/engine/store/order-key.ts';
import type { Store, TaskDraft } from '../src/main/engine/store/store.ts';
import type { RawTask } from './raw-store.ts';

/** Epoch milliseconds at which all of it happens. */
export const NOW = 1_700_000_000_000;

/** The product's own store. */
export function openBenchStore(dir: string): Promise<Store> {
  // Beside the bundled bench lies the bundled product.
  return openStore({ dir, threadPath: join(import.meta.dirname, '..', 'main', 'store-thread.js'), now: NOW });
}

/** Lends a folder that goes afterwards. */
export async function withFolder(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-bench-store-'));
  try {
    await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const OPTIONS = {
  overwrite: false, container: 'mp4', videoCodec: 'h264', audioCodec: 'aac', quality: 'medium', speed: 'medium', resolution: 'source',
  audioBitrateKbps: 160, audioTracks: 'all', subtitles: 'keep', encoder: 'software', dynamicRange: 'auto',
};

/** The n-th task. */
export function draft(n: number): TaskDraft {
  return {
    type: 'video_convert', recipe: 'mp4-h264', queue: 'media', priority: priorityOf(n), inputs: [`/home/user/Videos/holiday/clip-${n}.mov`], outputDir: null,
    options: OPTIONS, maxRetries: 3, dependsOn: [], runAt: null,
  };
}

/** The same as it crosses to the store's thread. runAt: epoch milliseconds; null: at once. */
export function packedDraft(n: number, runAt: number | null = null): PackedDraft {
  const { type, recipe, queue, priority, inputs, options } = draft(n);
  return [type, recipe, queue, priority, JSON.stringify(inputs), null, JSON.stringify(options), 3, [], runAt, null];
}

/** The same for the raw store. */
export function rawTask(n: number): RawTask {
  const { type, recipe, queue, priority, inputs, options, maxRetries } = draft(n);
  const createdAt = NOW + createdAfterMs(n);
  const key = orderKey({ priority, tier: 0, estimateSeconds: null, createdAt });
  return { type, recipe, queue, priority, orderKey: key, inputs: JSON.stringify(inputs), options: JSON.stringify(options), maxRetries, createdAt };
}

/** Spread over 0–10 and over three weeks, the same in every run. 7919 and 10007 are primes. */
function priorityOf(n: number): number {
  return (n * 7919) % 11;
}

/** Milliseconds after NOW at which the n-th task comes. */
export function createdAfterMs(n: number): number {
  return ((n * 7919) % 10_007) * 180_000;
}

/** The value below which this share of the samples lies; NaN of none. */
export function quantile(samples: readonly number[], at: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? NaN;
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Median, 99th percentile and worst of some milliseconds. */
export function spread(samples: readonly number[]): object {
  return { p50: round(quantile(samples, 0.5), 1), p99: round(quantile(samples, 0.99), 1), worst: round(quantile(samples, 1), 1) };
}

/** Processor time of this thread so far: what a busy machine or a busy disk makes it wait is not in it. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
