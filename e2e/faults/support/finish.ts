/** How a test with volume ends. */
import { report, type Part } from './report.ts';
import { allTasks, untilIdle, type Rig, type RunningEngine } from './rig.ts';
import type { Promised } from './rig.ts';
import { judge } from './verdict.ts';

export interface Finish {
  readonly part: Part;
  readonly test: string;
  readonly runs: number;
  readonly recoveryMs?: readonly number[];
  /** One that runs; absent: a new one. */
  readonly engine?: RunningEngine;
  readonly isExpectedToFail?: (promised: Promised) => boolean;
}

/** Lets an engine finish what is left, holds everything against what was promised, and reports it. */
export async function finish(rig: Rig, { part, test, runs, recoveryMs, engine: running, isExpectedToFail }: Finish): Promise<void> {
  const engine = running ?? (await rig.start().opened());
  const { api } = await engine.client();
  await untilIdle(api);
  const verdict = judge(rig, await allTasks(api), isExpectedToFail);
  await engine.close();
  const faults = verdict.faults.filter((fault) => !fault.startsWith('redone'));
  if (faults.length > 0) console.log(faults.join('\n'));
  report(part, test, { runs, ...verdict, ...(recoveryMs === undefined ? {} : { recoveryMs }), note: `${rig.promised.length} tasks acknowledged` });
}
