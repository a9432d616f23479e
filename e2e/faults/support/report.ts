/** What a fault test found, for the report of `npm run faults` (scripts/faults/report.mjs puts them together). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** The figures of one test. Null: it does not see that. */
export interface Findings {
  /** How often the fault was made. */
  readonly runs: number;
  /** Acknowledged and not there, or not at its right end. */
  readonly lost: number;
  /** There twice: tasks, or outputs of one task. */
  readonly doubled: number | null;
  /** Two attempts of one task at work at once. */
  readonly overlapping: number | null;
  /** Under a final name and not whole, or left behind under a temporary one. */
  readonly halfWritten: number | null;
  /** Work that was done and had to be done again, in parts. */
  readonly redone?: number;
  /** From the next start, or from the fault's end, to the first work. */
  readonly recoveryMs?: readonly number[];
  /** What else there is to say, in a few words. */
  readonly note?: string;
}

/** The parts of the suite, as issue 5 counts them. */
export type Part = 'kills' | 'power' | 'disks' | 'clocks' | 'crowds' | 'tools' | 'damage' | 'simulation' | 'conformance';

/** Adds a test's figures to the report, prints them, and demands that of the first four those it sees are 0. */
export function report(part: Part, test: string, findings: Findings): void {
  write(part, test, { ...findings, kind: 'findings' });
  const { lost, doubled, overlapping, halfWritten } = findings;
  const seen = Object.entries({ lost, doubled, overlapping, halfWritten }).filter(([, figure]) => figure !== null);
  expect(seen).toEqual(seen.map(([name]) => [name, 0]));
}

/** A control: the same test on a disk that lies must lose something, else the test sees nothing. */
export function reportControl(part: Part, test: string, findings: Findings): void {
  write(part, test, { ...findings, kind: 'control' });
  expect(findings.lost, 'the control must lose something').toBeGreaterThan(0);
}

/** A test that can't run here; say the reason to vitest too. */
export function reportSkipped(part: Part, test: string, reason: string): void {
  write(part, test, { kind: 'skipped', reason });
}

function write(part: Part, test: string, record: object): void {
  console.log(`faults ${part}: ${test}: ${JSON.stringify(record)}`);
  const dir = process.env['FAULTS_RECORDS'];
  if (dir === undefined) return;
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `${part}-${test.replaceAll(/\W+/g, '-').slice(0, 100)}.json`), JSON.stringify({ part, test, ...record }));
}
