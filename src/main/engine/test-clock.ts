/** A clock whose hands a test turns. */
import type { Clock } from './clock.ts';

export class ManualClock implements Clock {
  #nowMs: number;
  /** What the wall clock was set by. */
  #jumpedMs = 0;
  #timers: { atMs: number; callback: () => void }[] = [];

  /** startMs: what it shows first, epoch milliseconds. */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs + this.#jumpedMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  /** Sets the wall clock, as a user, a time server or a sleep does: no timer rings for it. */
  set(wallMs: number): void {
    this.#jumpedMs = wallMs - this.#nowMs;
  }

  /** Lets time pass; every timer that comes due rings at its own time, in order. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = untilMs;
  }
}
