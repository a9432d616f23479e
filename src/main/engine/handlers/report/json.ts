/** The report as JSON: everything that the store gave. */
import * as z from 'zod';
import { dependencyResult, type DependencyResult } from '../../../../shared/dependency-result.ts';

const report = z.object({ group: z.string().nullable(), tasks: z.array(dependencyResult) });

export function writeReportJson(group: string | null, tasks: readonly DependencyResult[]): string {
  return `${JSON.stringify({ group, tasks }, null, 2)}\n`;
}

/** The ids of the tasks it tells of; null: it is no such report. */
export function readReportJson(text: string): number[] | null {
  return report.safeParse(JSON.parse(text)).data?.tasks.map(({ id }) => id) ?? null;
}
