/** What watched folders ask of the store: both halves of each call, as schedule-operations.ts has them. Draft: a task's draft, as it is at either half. */
import type { GroupId, Output, TaskId, TaskStatus } from '../../../shared/task.ts';
import type { WatchRuleBody } from '../../../shared/watch-contract.ts';

/** A file as whoever takes it saw it. */
export interface SeenFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Device and inode, by which it is known under another name; null: not asked. */
  readonly identity?: string | null;
}

/** Who takes files: each takes a file once, whatever the others do. */
export type Taker = { readonly kind: 'schedule' | 'rule'; readonly id: number };

/**
 * What is known of a file. known: taken as it is now. moved: taken, under another name. made: an output of Longhaul's. alike: of the size of
 * such outputs; their hashes tell.
 */
export type FileVerdict =
  | { readonly kind: 'new' | 'known' | 'made' }
  | { readonly kind: 'moved'; readonly takenId: number; readonly from: string }
  | { readonly kind: 'alike'; readonly hashes: readonly string[] };

/** A file that was taken and now has another name. */
export interface MovedFile {
  readonly file: SeenFile;
  readonly takenId: number;
  /** Nothing is under the old name: a task that has not begun is to take the new one. */
  readonly isOldGone: boolean;
  /** Where such a task's results are to go now; null: where they were to go. */
  readonly outputDir: string | null;
}

export interface TakeInput<Draft> {
  readonly taker: Taker;
  /** The group that the tasks are put in; a rule's is kept from one call to the next. */
  readonly groupName: string;
  readonly files: readonly { readonly file: SeenFile; readonly draft: Draft }[];
  /** Whether something is to be done with the sources after their tasks. */
  readonly hasAfter: boolean;
  readonly now: number;
}

/** A rule to be stored. */
export interface WatchRuleDraft {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly body: WatchRuleBody;
}

/** A rule as it is stored, and what the store knows of how it stands. */
export interface StoredWatchRule extends WatchRuleDraft {
  readonly id: number;
  readonly groupId: GroupId | null;
  readonly taken: number;
  readonly lastTakenAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tasks: Readonly<Partial<Record<TaskStatus, number>>>;
}

/** A source whose task is completed, and with which something is to be done. */
export interface FinishedSource {
  readonly takenId: number;
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly outputs: readonly Output[];
}

/** The store's part. Each call is one transaction. */
export interface WatchStore<Draft> {
  listWatchRules(): Promise<StoredWatchRule[]>;
  /** Null: there is one of that name. */
  addWatchRule(draft: WatchRuleDraft, now: number): Promise<number | null>;
  /** False: there is another one of that name, or this one is gone. */
  changeWatchRule(id: number, draft: WatchRuleDraft, now: number): Promise<boolean>;
  removeWatchRule(id: number): Promise<boolean>;
  /** Forgets what a rule that is gone has taken, at most limit files; how many. */
  forgetTaken(ruleId: number, limit: number): Promise<number>;
  /** In the order of the files. */
  judgeFiles(taker: Taker, files: readonly SeenFile[]): Promise<FileVerdict[]>;
  /** Notes own outputs as seen, so that they are not asked about again. */
  noteFiles(taker: Taker, files: readonly SeenFile[]): Promise<void>;
  /** Inserts a task for each file and notes the files: both or neither. A file that was taken meanwhile is left out. */
  takeFiles(input: TakeInput<Draft>): Promise<TaskId[]>;
  /** Notes new names. Tasks that have not begun take them, and those that failed for want of their file start over; their ids. A file whose task runs is left for later. */
  followFiles(taker: Taker, files: readonly MovedFile[], now: number): Promise<TaskId[]>;
  /** Tasks of a rule that failed because their file was not there. */
  missingSources(ruleId: number, limit: number): Promise<{ id: TaskId; path: string }[]>;
  finishedSources(ruleId: number, limit: number): Promise<FinishedSource[]>;
  /** Whether anything is left to be done with sources, now or once their tasks are completed. */
  hasUnfinishedSources(ruleId: number): Promise<boolean>;
  /** done: nothing is left to do. failed: it is not tried again. */
  settleSource(takenId: number, how: 'done' | 'failed'): Promise<void>;
}

/** The same on the store's thread. JSON crosses as text. */
export interface WatchOperations<Draft> {
  listWatchRules(): readonly unknown[];
  addWatchRule(draft: PackedWatchRule, now: number): number | null;
  changeWatchRule(id: number, draft: PackedWatchRule, now: number): boolean;
  removeWatchRule(id: number): boolean;
  forgetTaken(ruleId: number, limit: number): number;
  judgeFiles(taker: Taker, files: readonly SeenFile[]): readonly FileVerdict[];
  noteFiles(taker: Taker, files: readonly SeenFile[]): null;
  takeFiles(input: TakeInput<Draft>): readonly TaskId[];
  followFiles(taker: Taker, files: readonly MovedFile[], now: number): readonly TaskId[];
  missingSources(ruleId: number, limit: number): readonly { readonly id: TaskId; readonly path: string | null }[];
  finishedSources(ruleId: number, limit: number): readonly (Omit<FinishedSource, 'outputs'> & { readonly outputs: string })[];
  hasUnfinishedSources(ruleId: number): boolean;
  settleSource(takenId: number, how: 'done' | 'failed'): null;
}

/** rule: JSON. */
export interface PackedWatchRule {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly rule: string;
}

/** Those that change nothing. */
export const WATCH_READS = ['listWatchRules', 'judgeFiles', 'missingSources', 'finishedSources', 'hasUnfinishedSources'] as const satisfies readonly (keyof WatchOperations<unknown>)[];
