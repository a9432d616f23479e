/** Tells the window's page what has happened. */
import type { WebContents } from 'electron/main';
import { EVENT_CHANNEL } from '../../shared/channels.ts';
import { WINDOW_EVENTS, type EngineEvent, type WindowEvent } from '../../shared/contract.ts';

const KINDS: ReadonlySet<string> = new Set(WINDOW_EVENTS);

/** Events that are not for windows are left out; so are those that come while no page is there, which asks for a snapshot when it comes. */
export function publishTo(contentsOfWindow: () => WebContents): (event: EngineEvent | WindowEvent) => void {
  return (event) => {
    const contents = contentsOfWindow();
    if (KINDS.has(event.kind) && !contents.isDestroyed() && !contents.isCrashed()) contents.send(EVENT_CHANNEL, event);
  };
}
