/** Holds what is there against what was promised. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '../../../src/shared/task.ts';
import type { Promised, Rig } from './rig.ts';
import { ledgerLine, wholeContent, type LedgerLine } from './script.ts';

export type Verdict = Readonly<Record<'lost' | 'doubled' | 'overlapping' | 'halfWritten' | 'redone', number>> & {
  /** A sentence for each thing that is wrong, and its task. */
  readonly faults: readonly string[];
};

/** tasks: all there are, after the work is done. Every promised one must be completed, once, with its whole output and nothing else. */
export function judge(rig: Rig, tasks: readonly Task[], isExpectedToFail: (promised: Promised) => boolean = () => false): Verdict {
  const faults: string[] = [];
  const count = { lost: 0, doubled: 0, overlapping: 0, halfWritten: 0, redone: 0 };
  const blame = (kind: keyof typeof count, what: string): void => {
    count[kind] += 1;
    faults.push(`${kind}: ${what}`);
  };
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const files = new Set(existsSync(rig.outDir) ? readdirSync(rig.outDir).filter((name) => name !== 'lost+found') : []);
  for (const promised of [...rig.promised, ...unanswered(rig, tasks)]) {
    const task = byId.get(promised.id);
    const { name } = promised.script;
    if (task === undefined || task.inputs[0] === undefined || !task.inputs[0].endsWith(`/${name}.json`)) blame('lost', `task ${promised.id} (${name}) is not there any more`);
    else if (isExpectedToFail(promised)) {
      if (task.status !== 'failed') blame('lost', `task ${task.id} (${name}) is ${task.status} and should be a dead letter`);
    } else if (task.status !== 'completed') blame('lost', `task ${task.id} (${name}) is ${task.status}: ${task.error?.message ?? task.message}`);
    else if (!isWhole(rig, promised)) blame(existsSync(join(rig.outDir, `${name}.out`)) ? 'halfWritten' : 'lost', `the output of ${name} is not whole`);
    files.delete(`${name}.out`);
    judgeLedger(promised, readLedger(promised), blame);
  }
  for (const name of files) blame(name.startsWith('.') ? 'halfWritten' : 'doubled', `${name} lies in the output folder`);
  for (const task of duplicatesAmong(rig, tasks)) blame('doubled', `task ${task.id} was added twice (${String(task.inputs[0])})`);
  const workDir = join(rig.dataDir, 'work');
  for (const name of existsSync(workDir) ? readdirSync(workDir) : []) {
    if (byId.get(Number(name.slice(name.lastIndexOf('-') + 1)))?.status === 'completed') blame('halfWritten', `the work folder of task ${name} is still there`);
  }
  return { ...count, faults };
}

/** What an attempt of this task wrote down, oldest first. */
export function readLedger({ script }: Promised): LedgerLine[] {
  if (!existsSync(script.ledger)) return [];
  return readFileSync(script.ledger, 'utf8').split('\n').filter((line) => line !== '').map((line) => ledgerLine.parse(JSON.parse(line)));
}

function isWhole(rig: Rig, { script }: Promised): boolean {
  const path = join(rig.outDir, `${script.name}.out`);
  return existsSync(path) && readFileSync(path).equals(wholeContent(script));
}

function judgeLedger({ script, id }: Promised, lines: readonly LedgerLine[], blame: (kind: 'doubled' | 'overlapping' | 'redone', what: string) => void): void {
  let newest = 0;
  const made = new Map<number, number>();
  for (const { attempt, what, index } of lines) {
    // An attempt that still does something after a later one has begun runs beside it.
    if (attempt < newest) blame('overlapping', `attempt ${attempt} of task ${id} (${script.name}) was at work (${what}) after attempt ${newest} had begun`);
    newest = Math.max(newest, attempt);
    if (what === 'part' && index !== null) made.set(index, (made.get(index) ?? 0) + 1);
  }
  for (const [index, times] of made) for (let again = 1; again < times; again += 1) blame('redone', `part ${index} of ${script.name}`);
}

/** Tasks that were stored though nobody heard so: done all the same. */
function unanswered(rig: Rig, tasks: readonly Task[]): Promised[] {
  const answered = new Set(rig.promised.map(({ id }) => id));
  return tasks.flatMap(({ id, inputs: [input = ''] }) => {
    const script = rig.asked.get(input);
    return script === undefined || answered.has(id) ? [] : [{ id, script }];
  });
}

/** Each input that was asked for is of one task only. What the engine's own schedules add has no input, and comes again. */
function duplicatesAmong(rig: Rig, tasks: readonly Task[]): Task[] {
  const seen = new Set<string>();
  return tasks.filter(({ inputs: [input = ''] }) => {
    const isAgain = seen.has(input);
    if (rig.asked.has(input)) seen.add(input);
    return isAgain;
  });
}
