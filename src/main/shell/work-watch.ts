/** What the shell shows of the work: a few numbers, kept current from the engine's events without ever holding the list. */
import type { EngineApi, EngineEvent, EngineStatus } from '../../shared/contract.ts';
import { addDelta, emptyBatch, type Batch, type FailedTask } from './batch.ts';

export interface Overview {
  readonly running: number;
  /** Pending, waiting and retrying. */
  readonly waiting: number;
  readonly isIdle: boolean;
  readonly holds: EngineStatus['holds'];
  readonly batch: Batch;
}

export interface WorkWatch {
  /** Null until the engine is open. */
  readonly overview: Overview | null;
  onChange(listener: (overview: Overview) => void): void;
  /** The queue became idle: what was done since it last was. */
  onIdle(listener: (batch: Batch) => void): void;
  /** A task failed and waits for its user. */
  onFailed(listener: (task: FailedTask) => void): void;
}

/** The tray and the taskbar need no more; each look is a count in the store. */
const LOOK_EVERY_MS = 1_000;

interface Watched {
  readonly api: Pick<EngineApi, 'getStatus'>;
  on(listener: (event: EngineEvent) => void): unknown;
}

export function watchWork(engine: Watched): WorkWatch {
  const changeListeners: ((overview: Overview) => void)[] = [];
  const idleListeners: ((batch: Batch) => void)[] = [];
  const failedListeners: ((task: FailedTask) => void)[] = [];
  let batch = emptyBatch(Date.now());
  let overview: Overview | null = null;
  let isLookDue = false;
  let wasIdle = true;

  engine.on((event) => {
    if (event.kind === 'delta') for (const failed of addDelta(batch, event)) for (const listener of failedListeners) listener(failed);
    if (event.kind === 'delta' || event.kind === 'settings' || event.kind === 'idle') lookSoon();
  });
  void look();

  /** The first change is shown at once, further ones together. */
  function lookSoon(): void {
    if (isLookDue) return;
    isLookDue = true;
    setTimeout(() => {
      isLookDue = false;
      void look();
    }, overview === null ? 0 : LOOK_EVERY_MS);
  }

  async function look(): Promise<void> {
    const status = await engine.api.getStatus({}).catch(() => null);
    // The engine is closing, or another process' engine is gone: a later event tells more.
    if (status === null) return;
    const { counts, isIdle, holds } = status;
    overview = { running: counts.running, waiting: counts.pending + counts.waiting + counts.retrying, isIdle, holds, batch };
    for (const listener of changeListeners) listener(overview);
    // A short batch is over before anybody has seen it run.
    if (isIdle && (!wasIdle || batch.completed.size + batch.failed.size > 0)) endBatch();
    wasIdle = isIdle;
  }

  function endBatch(): void {
    const done = batch;
    batch = emptyBatch(Date.now());
    for (const listener of idleListeners) listener(done);
  }

  return {
    get overview() { return overview; },
    onChange: (listener) => { changeListeners.push(listener); },
    onIdle: (listener) => { idleListeners.push(listener); },
    onFailed: (listener) => { failedListeners.push(listener); },
  };
}
