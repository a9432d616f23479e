/** A whole attempt at a document, for tests: what it made, by name, before the task's folders go. */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import { createTestTask } from '../test-context.ts';
import type { Tools } from '../../media/tools.ts';
import { handler } from './index.ts';

export interface Preview {
  /** Paths by file name, in the order of the drafts. */
  readonly files: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
  /** The one text file's contents; empty where there is none. */
  readonly text: string;
}

export interface PreviewWish {
  readonly path: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly suffix?: string;
  readonly tools?: Partial<Tools>;
  /** Where the results are kept. */
  readonly keepIn: string;
}

export async function preview({ path, options = {}, suffix = '', tools = {}, keepIn }: PreviewWish): Promise<Preview> {
  const task = createTestTask(handler, { inputs: [path], options, suffix, tools });
  try {
    const drafts = await task.run();
    mkdirSync(keepIn, { recursive: true });
    const files = new Map<string, string>();
    for (const { tempPath, fileName } of drafts) {
      const kept = join(keepIn, fileName);
      renameSync(tempPath, kept);
      files.set(fileName, kept);
    }
    const textPath = [...files.values()].find((file) => file.endsWith('.txt'));
    return { files, warnings: task.warnings, text: textPath === undefined ? '' : readFileSync(textPath, 'utf8') };
  } finally {
    task.dispose();
  }
}

/** How it refuses. Throws when it does not. */
export async function refusal(wish: PreviewWish): Promise<TaskError> {
  const outcome = await preview(wish).catch((error: unknown) => error);
  if (outcome instanceof TaskError) return outcome;
  throw new Error(`It was not refused: ${outcome instanceof Error ? (outcome.stack ?? outcome.message) : JSON.stringify(outcome)}`);
}
