/** Runs the engine here, or watches the process that runs it, until what is wanted is done. */
import type { LocatedPaths } from '../engine/index.ts';
import { printJson, printLines, type Call } from './command.ts';
import { Results } from './results.ts';
import { openSession, type Session } from './session.ts';
import { locateForWork } from './tools.ts';
import { createView, SILENT_VIEW, type View } from './view.ts';
import { watch, type WatchEnd, type WatchOptions } from './watch.ts';

export interface Wanted {
  /** Only the tasks that `begin` gives are worked on. */
  readonly isSelective: boolean;
  /** Called once, in the first session. */
  readonly begin: (session: Session) => Promise<WatchOptions['until']>;
  /** Called before the last session is closed, with what has settled. */
  readonly finish: (session: Session, results: Results) => Promise<void>;
}

/** Gives how it ended: `lost` never gets out, since the work then goes on here. */
export async function work(call: Call, wanted: Wanted): Promise<{ end: Exclude<WatchEnd, 'lost'>; results: Results }> {
  const { host, dataDir, isJson } = call;
  const signal = host.listenForStop();
  const tools = once(() => locateForWork(host, dataDir, signal));
  const results = new Results();
  let until: WatchOptions['until'] | undefined;
  for (;;) {
    const session = await openSession({ host, dataDir, tools, signal, isSelective: wanted.isSelective }).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (session === null) return { end: 'stopped', results };
    const view = isJson ? SILENT_VIEW : createView(host.err, host.now);
    try {
      sayWhere(session, view, wanted);
      until ??= await wanted.begin(session);
      if (typeof until !== 'string') await session.workOn([...until]);
      const end = await watch({ session, view, results, signal, until });
      if (end === 'lost') {
        view.say(`The engine in process ${String(session.ownerPid)} is gone; going on here.`);
        continue;
      }
      await wanted.finish(session, results);
      if (end === 'stopped') view.say(session.ownerPid === null ? 'Stopping; the work goes on from here with the next `longhaul run`.' : `The work goes on in process ${String(session.ownerPid)}.`);
      return { end, results };
    } finally {
      view.close();
      await session.close();
    }
  }
}

function sayWhere(session: Session, view: View, { isSelective }: Wanted): void {
  if (session.ownerPid !== null) view.say(`Process ${String(session.ownerPid)} already runs the engine for this folder; watching it.`);
  if (session.rescuedCount === 0) return;
  const rescued = `${String(session.rescuedCount)} interrupted ${session.rescuedCount === 1 ? 'task' : 'tasks'}`;
  if (isSelective) view.say(`${rescued} of an earlier run will go on with the next \`longhaul run\`.`);
  else view.say(`${rescued} will go on from the last checkpoint.`);
}

function once(locate: () => Promise<LocatedPaths>): () => Promise<LocatedPaths> {
  let located: Promise<LocatedPaths> | undefined;
  return () => (located ??= locate());
}

/** Prints what came of it: one JSON object, or the list for people. */
export function printOutcome({ host, isJson }: Call, json: unknown, lines: readonly string[]): void {
  if (isJson) printJson(host, json);
  else printLines(host, lines);
}
