/** Reads what no index answers a portion at a time, so that others get their turn between them. */
import { performance } from 'node:perf_hooks';
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import { keptStatements, type Bound } from './kept-statements.ts';
import { ERROR_CODE, inOrder, listQuery, type Found } from './list-sql.ts';
import type { ListFilter } from './store.ts';

/** Ids that are looked at between two looks at the clock: some milliseconds when a text is searched in all of them. */
const STEP = 1_000;

export interface ScanInput {
  readonly filter: ListFilter;
  /** Where the portion before ended; 0: nowhere. */
  readonly after: number;
  /** About so long it may take. */
  readonly budgetMs: number;
}

/** One portion of a list. */
export interface Scanned {
  /** Its first in the order of the list, as many as the page needs of them at most. */
  readonly found: readonly Found[];
  /** How many match in this portion. */
  readonly total: number;
  /** Where the next portion goes on; null: that was all. */
  readonly next: TaskId | null;
}

export interface ScannedCauses {
  readonly causes: readonly { readonly code: string | null; readonly tasks: number }[];
  readonly next: TaskId | null;
}

/** inputs: JSON; empty where a folder for the outputs is named. */
export interface ScannedFolders {
  readonly folders: readonly { readonly inputs: string; readonly outputDir: string | null }[];
  readonly next: TaskId | null;
}

export interface ScanOperations {
  /** This one and the next are only for filters whose query has a portion. */
  scan(input: ScanInput): Scanned;
  scanCauses(input: ScanInput): ScannedCauses;
  /** Where tasks that have begun wrote to, of those that changed since then. */
  scanFolders(input: Omit<ScanInput, 'filter'> & { readonly since: number }): ScannedFolders;
}

export function createScans(db: Database.Database): ScanOperations {
  const selectFirst = db.prepare<[after: TaskId], TaskId | null>('SELECT MIN(id) FROM task WHERE id > ?').pluck();
  const finding = keptStatements<Found>((sql) => db.prepare<[Bound], Found>(sql).raw());
  const counting = keptStatements((sql) => db.prepare<[Bound], { code: string | null; tasks: number }>(sql));

  const selectFolders = db.prepare<{ since: number; first: TaskId; upTo: TaskId }, ScannedFolders['folders'][number]>(
    `SELECT DISTINCT CASE WHEN output_dir IS NULL THEN inputs ELSE '[]' END AS inputs, output_dir AS outputDir FROM task
     WHERE attempt > 0 AND updated_at >= @since AND id BETWEEN @first AND @upTo`,
  );

  /** Calls take for one range of ids after the other; where the next one begins. */
  const inSteps = ({ after, budgetMs }: Omit<ScanInput, 'filter'>, take: (range: { first: TaskId; upTo: TaskId }) => void): TaskId | null => {
    const startMs = performance.now();
    for (let last: TaskId = after; ; ) {
      // Over what the clean-up has left empty.
      const first = selectFirst.get(last) ?? null;
      if (first === null) return null;
      last = first + STEP - 1;
      take({ first, upTo: last });
      if (performance.now() - startMs > budgetMs) return last;
    }
  };

  return {
    scan(input) {
      const { values, portion } = listQuery(input.filter);
      if (portion === null) return { found: [], total: 0, next: null };
      const statement = finding(`SELECT id, ${portion.key} FROM ${portion.from} WHERE ${portion.where}`);
      const found: Found[] = [];
      const next = inSteps(input, (range) => {
        for (const one of statement.all({ ...values, ...range })) found.push(one);
      });
      return { found: found.sort(inOrder(input.filter)).slice(0, input.filter.offset + input.filter.limit), total: found.length, next };
    },
    scanCauses(input) {
      const { values, portion } = listQuery(input.filter);
      if (portion === null) return { causes: [], next: null };
      const statement = counting(`SELECT ${ERROR_CODE} AS code, COUNT(*) AS tasks FROM ${portion.from} WHERE ${portion.where} GROUP BY 1`);
      const sums = new Map<string | null, number>();
      const next = inSteps(input, (range) => {
        for (const { code, tasks } of statement.all({ ...values, ...range })) sums.set(code, (sums.get(code) ?? 0) + tasks);
      });
      return { causes: [...sums].map(([code, tasks]) => ({ code, tasks })), next };
    },
    scanFolders(input) {
      const folders: ScannedFolders['folders'][number][] = [];
      const next = inSteps(input, (range) => {
        for (const one of selectFolders.all({ since: input.since, ...range })) folders.push(one);
      });
      return { folders, next };
    },
  };
}
