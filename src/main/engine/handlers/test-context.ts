/** A real AttemptContext on temporary folders, for tests of handlers: what the engine gives, without the engine. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DependencyResult } from '../../../shared/dependency-result.ts';
import type { Estimate } from '../../../shared/task.ts';
import type { Tools } from '../media/tools.ts';
import type { AttemptContext, Checkpoint, Draft, Handler, Progress } from './handler.ts';
import { testTools } from './test-tools.ts';

export interface TestTaskInput {
  readonly inputs: readonly string[];
  /** As a recipe gives them; completed and checked by the handler's schema. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly recipe?: string;
  readonly suffix?: string;
  readonly pace?: number | null;
  readonly tools?: Partial<Tools>;
  readonly dependencies?: readonly DependencyResult[];
  readonly groupName?: string;
}

/** One task over several attempts: the checkpoint and the folders stay, as they do in the engine. */
export interface TestTask<Options, Plan, Part> {
  readonly workDir: string;
  readonly outputDir: string;
  readonly checkpoint: MemoryCheckpoint<Plan, Part>;
  readonly warnings: string[];
  readonly logLines: string[];
  readonly progress: Progress[];
  readonly estimates: Estimate[];
  /** As the store would give them back, oldest first. */
  readonly documents: unknown[];
  /** The context of a new attempt. */
  nextAttempt(signal?: AbortSignal): AttemptContext<Options, Plan, Part>;
  /** A whole attempt: perform, then check. */
  run(signal?: AbortSignal): Promise<readonly Draft[]>;
  /** Deletes both folders. */
  dispose(): void;
}

export function createTestTask<Options, Plan, Part>(handler: Handler<Options, Plan, Part>, input: TestTaskInput): TestTask<Options, Plan, Part> {
  const root = mkdtempSync(join(tmpdir(), 'longhaul-task-'));
  const workDir = join(root, 'work');
  const outputDir = join(root, 'out');
  mkdirSync(workDir);
  mkdirSync(outputDir);
  const checkpoint = new MemoryCheckpoint(handler);
  const warnings: string[] = [];
  const logLines: string[] = [];
  const progress: Progress[] = [];
  const estimates: Estimate[] = [];
  const documents: unknown[] = [];
  let attempt = 0;
  let drafts = 0;

  function nextAttempt(signal: AbortSignal = new AbortController().signal): AttemptContext<Options, Plan, Part> {
    attempt += 1;
    const number = attempt;
    return {
      task: { id: 1, type: handler.type, recipe: input.recipe ?? 'test', suffix: input.suffix ?? '', inputs: input.inputs, options: handler.options.parse(input.options ?? {}), attempt: number },
      tools: { ...testTools(), ...input.tools },
      signal,
      workDir,
      outputDir,
      checkpoint,
      pace: input.pace ?? null,
      dependencies: input.dependencies ?? [],
      groupName: input.groupName ?? null,
      draft: (fileName) => ({ tempPath: join(outputDir, `.longhaul-1-${number}-${drafts++}.part`), fileName }),
      keepDocument: (document) => {
        documents.push(JSON.parse(JSON.stringify(document)));
        return Promise.resolve();
      },
      progress: (next) => void progress.push(next),
      estimate: (next) => void estimates.push(next),
      log: (line) => void logLines.push(line),
      warn: (sentence) => void warnings.push(sentence),
    };
  }

  return {
    workDir, outputDir, checkpoint, warnings, logLines, progress, estimates, documents, nextAttempt,
    run: async (signal) => {
      const context = nextAttempt(signal);
      const made = await handler.perform(context);
      await handler.check(made, context);
      return made;
    },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Keeps what the store would: JSON text, read back through the handler's schemas, where what does not fit is dropped. */
export class MemoryCheckpoint<Plan, Part> implements Checkpoint<Plan, Part> {
  readonly #handler: Pick<Handler<unknown, Plan, Part>, 'plan' | 'part'>;
  #plan: string | undefined;
  readonly #parts = new Map<number, string>();
  partsTotal = 0;
  /** Indexes in the order in which they were saved, over all attempts. */
  readonly savedParts: number[] = [];
  /** Called after each part is saved: a test may abort here. */
  onPartSaved: (index: number) => void = () => undefined;

  constructor(handler: Pick<Handler<unknown, Plan, Part>, 'plan' | 'part'>) {
    this.#handler = handler;
  }

  get plan(): Plan | undefined {
    if (this.#plan === undefined) return undefined;
    const parsed = this.#handler.plan.safeParse(JSON.parse(this.#plan));
    return parsed.success ? parsed.data : undefined;
  }

  get parts(): ReadonlyMap<number, Part> {
    const parts = new Map<number, Part>();
    for (const [index, text] of this.#parts) {
      const parsed = this.#handler.part.safeParse(JSON.parse(text));
      if (parsed.success) parts.set(index, parsed.data);
    }
    return parts;
  }

  savePlan(plan: Plan, partsTotal: number): Promise<void> {
    this.#plan = JSON.stringify(plan);
    this.#parts.clear();
    this.partsTotal = partsTotal;
    return Promise.resolve();
  }

  savePart(index: number, part: Part): Promise<void> {
    this.#parts.set(index, JSON.stringify(part));
    this.savedParts.push(index);
    this.onPartSaved(index);
    return Promise.resolve();
  }
}
