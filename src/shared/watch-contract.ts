/** Watched folders: rules by which files that come into a folder become tasks, each once. */
import * as z from 'zod';
import { taskErrorShape } from './errors.ts';
import { groupId, priority } from './task.ts';

/** Positive, never given twice within a data folder. */
export const watchRuleId = z.int().positive();

const ruleName = z.string().trim().min(1).max(100);
const folderPath = z.string().min(1).max(4096);
const glob = z.string().trim().min(1).max(500);

/** Where the results go. beside: next to each source. mirror: into the same folders below another one. Paths are absolute. */
export const watchOutput = z.discriminatedUnion('place', [
  z.object({ place: z.literal('beside') }),
  z.object({ place: z.literal('folder'), path: folderPath }),
  z.object({ place: z.literal('mirror'), path: folderPath }),
]);
export type WatchOutput = z.infer<typeof watchOutput>;

/** What becomes of a source once its task is completed. delete: only after every output was read again and is what was published. */
export const watchAfter = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('leave') }),
  z.object({ kind: z.literal('move'), folder: folderPath }),
  z.object({ kind: z.literal('delete') }),
]);
export type WatchAfter = z.infer<typeof watchAfter>;

/** auto: by events, but on network shares and the like, which tell of no changes that others make, by looking again and again. */
export const watchLook = z.enum(['auto', 'events', 'polling']);
export type WatchLook = z.infer<typeof watchLook>;

const fields = {
  /** Absolute path. */
  folder: folderPath,
  isRecursive: z.boolean(),
  /** Globs on the path within the folder (with `/` on every system) or, without a slash, on the name; upper and lower case are the same. */
  include: z.array(glob).max(50),
  exclude: z.array(glob).max(50),
  recipe: z.string().min(1),
  /** Options that replace the recipe's. */
  set: z.record(z.string(), z.json()),
  output: watchOutput,
  after: watchAfter,
  priority,
  /** Name of the group of its tasks; null: the rule's own name. */
  group: z.string().trim().min(1).max(200).nullable(),
  look: watchLook,
  /** How long size and time of a file must have stood still before it is taken. */
  settleSeconds: z.int().min(1).max(86_400),
  /** Between two looks at a folder that is polled. */
  pollSeconds: z.int().min(2).max(86_400),
};

/** What is stored of a rule beside its name. */
export const watchRuleBody = z.object({
  ...fields,
  isRecursive: fields.isRecursive.default(true), include: fields.include.default([]), exclude: fields.exclude.default([]), set: fields.set.default({}),
  output: fields.output.default({ place: 'beside' }), after: fields.after.default({ kind: 'leave' }), priority: fields.priority.default(5), group: fields.group.default(null),
  look: fields.look.default('auto'), settleSeconds: fields.settleSeconds.default(2), pollSeconds: fields.pollSeconds.default(30),
});
export type WatchRuleBody = z.output<typeof watchRuleBody>;

/** watching: it takes what comes. scanning: it goes through the whole folder. missing: the folder is not there, it waits. off: disabled. asleep: no engine works. */
export const watchStatus = z.enum(['watching', 'scanning', 'missing', 'off', 'asleep']);
export type WatchStatus = z.infer<typeof watchStatus>;

/** How a rule stands. Times are epoch milliseconds. */
export const watchState = z.object({
  status: watchStatus,
  /** How it hears of files; null: it does not look. */
  by: z.enum(['events', 'polling']).nullable(),
  /** Fitting files that the last whole look met, whether taken before or not; null: none since the start. */
  files: z.int().nonnegative().nullable(),
  lastScanAt: z.number().nullable(),
  /** Files that are not complete yet, or not taken yet. */
  waiting: z.int().nonnegative(),
  /** Files that match, but that the recipe can do nothing with. */
  passedOver: z.int().nonnegative(),
  /** Since the rule was made. */
  taken: z.int().nonnegative(),
  lastTakenAt: z.number().nullable(),
  /** Its tasks that are listed. open: neither completed, failed nor cancelled. */
  open: z.int().nonnegative(),
  completed: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  /** What went wrong last, and what to do; null: nothing since it went well. */
  problem: taskErrorShape.nullable(),
});
export type WatchState = z.infer<typeof watchState>;

export const watchRule = z.object({ id: watchRuleId, name: ruleName, isEnabled: z.boolean(), groupId: groupId.nullable(), createdAt: z.number(), updatedAt: z.number(), state: watchState }).extend(watchRuleBody.shape);
export type WatchRule = z.output<typeof watchRule>;

/** A rule to be made. */
export const newWatchRule = watchRuleBody.extend({ name: ruleName, isEnabled: z.boolean().default(true) });
export type NewWatchRule = z.input<typeof newWatchRule>;

const one = z.object({ rule: watchRule });
const byId = z.object({ id: watchRuleId });

export const WATCH_COMMANDS = {
  addWatchRule: { input: newWatchRule, output: one },
  /** What is not named stays. Files that were taken are not taken again, whatever changes. */
  changeWatchRule: { input: z.object({ id: watchRuleId, name: ruleName, isEnabled: z.boolean(), ...fields }).partial().required({ id: true }), output: one },
  /** Tasks that it added stay. */
  removeWatchRule: { input: byId, output: z.object({}) },
  /** Goes through the whole folder now; answers before that is done. */
  scanWatchRule: { input: byId, output: z.object({}) },
} as const;

export const WATCH_QUERIES = {
  listWatchRules: { input: z.object({}), output: z.object({ rules: z.array(watchRule) }) },
} as const;
