/** Puts the wish for the end of the queue into effect. */
import type { HostEvent } from '../../shared/host-contract.ts';
import type { Memory } from './memory.ts';
import type { Notifications } from './notifications.ts';
import { powerCommand } from './power-command.ts';
import { askProgram } from './program.ts';
import type { Texts } from './texts.ts';
import { createWhenDone, type WhenDone, type WhenDoneAction } from './when-done.ts';
import type { WorkWatch } from './work-watch.ts';

export interface QueueDoneOptions {
  readonly work: WorkWatch;
  readonly memory: Memory;
  readonly publish: (event: HostEvent) => void;
  readonly notifications: Notifications;
  readonly texts: () => Texts;
  readonly quit: () => void;
}

const SECOND_MS = 1_000;

/** After a batch in which something was done, unless new work comes or somebody says no. Each wish holds for one batch. */
export function whenQueueIsDone({ work, memory, publish, notifications, texts, quit }: QueueDoneOptions): WhenDone {
  const whenDone = createWhenDone({
    tell: (action, inSeconds) => { publish({ kind: 'whenDone', action, inSeconds }); },
    act: (action) => void act(action),
    everySecond: (tick) => {
      const timer = setInterval(tick, SECOND_MS);
      return () => { clearInterval(timer); };
    },
  });
  work.onIdle(({ completed, failed }) => {
    const { whenDone: wish } = memory.preferences();
    if (wish !== 'nothing' && completed.size + failed.size > 0) whenDone.start(wish);
  });
  work.onChange(({ isIdle }) => { if (!isIdle) whenDone.cancel(); });

  async function act(action: WhenDoneAction): Promise<void> {
    // A wish of weeks ago must not turn the machine off under somebody's hands.
    memory.setPreferences({ whenDone: 'nothing' });
    console.info(`The queue is done: ${action}.`);
    if (action === 'quit') return quit();
    const command = powerCommand(action, process.platform);
    // The system ends this app in its own way then, which closes the engine. There is no work to lose.
    const answer = command === null ? null : await askProgram(command.path, command.args, 0);
    if (answer === null) notifications.say(texts().powerFailedTitle, texts().powerFailedBody);
  }
  return whenDone;
}
