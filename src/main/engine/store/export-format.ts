/**
 * The queue as a file: lines of JSON. The first says what it is, the last how many lines lie between; each of those is one row of a table by
 * its columns' names. Left out are secrets (settings that are not Longhaul's own, addresses of web hooks), what means something on this machine
 * only (tools, rates, quotas, used resources, what was about to be published, which files Longhaul made), and the history of pruned tasks. What
 * schedules and watched folders have taken goes along: where the same files are seen again, nothing is done twice.
 */
import * as z from 'zod';

export const EXPORT_VERSION = 1;

/** In the order in which rows refer to those before them. */
export const EXPORTED_TABLES = ['setting', 'task_group', 'schedule', 'task', 'dependency', 'task_source', 'attempt', 'document', 'checkpoint', 'checkpoint_part', 'task_log', 'pace', 'watch_rule', 'taken_file'] as const;
export const exportedTable = z.enum(EXPORTED_TABLES);
export type ExportedTable = z.infer<typeof exportedTable>;

/** What stands in a row of a STRICT table of ours. */
export const cell = z.union([z.string(), z.number(), z.null()]);
export const exportedRow = z.object({ table: exportedTable, row: z.record(z.string().regex(/^[a-z_]+$/), cell) });
export type ExportedRow = z.infer<typeof exportedRow>;

/** storeId: which queue it came from; exportId: this very file, so that none of its tasks is taken in twice. */
export const exportHead = z.object({ longhaulQueue: z.int().positive(), exportId: z.string().min(1).max(200), storeId: z.string(), createdAt: z.number() });
export type ExportHead = z.infer<typeof exportHead>;
export const exportEnd = z.object({ end: z.object({ rows: z.int().nonnegative() }) });

/** What a file has, and its size. */
export const exported = z.object({ tasks: z.int(), groups: z.int(), schedules: z.int(), sizeBytes: z.number() });
export type Exported = z.infer<typeof exported>;
