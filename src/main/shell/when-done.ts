/** What the machine does when the queue is done: a countdown that anybody can stop, then the action, once. */
import type { Preferences } from '../../shared/host-contract.ts';

export type WhenDoneAction = Exclude<Preferences['whenDone'], 'nothing'>;

export interface WhenDoneOptions {
  /** Called every second with what is left, and with null when it is over or was stopped. */
  readonly tell: (action: WhenDoneAction | null, inSeconds: number) => void;
  readonly act: (action: WhenDoneAction) => void;
  /** Calls back every second; gives back what ends it. */
  readonly everySecond: (tick: () => void) => () => void;
}

export interface WhenDone {
  /** The queue is done. */
  start(action: WhenDoneAction): void;
  /** New work, a changed wish, or its user says no. Does nothing when nothing counts. */
  cancel(): void;
}

/** Time enough to come back to the machine and say no. */
export const COUNTDOWN_SECONDS = 60;

export function createWhenDone({ tell, act, everySecond }: WhenDoneOptions): WhenDone {
  let stop: (() => void) | null = null;
  const cancel = (): void => {
    if (stop === null) return;
    stop();
    stop = null;
    tell(null, 0);
  };
  return {
    cancel,
    start: (action) => {
      cancel();
      let left = COUNTDOWN_SECONDS;
      tell(action, left);
      stop = everySecond(() => {
        left -= 1;
        if (left > 0) return tell(action, left);
        cancel();
        act(action);
      });
    },
  };
}
