/** Temporary names beside the destination, and the sweep of those that an older attempt left behind. */
import { readdir, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { TaskId } from '../../../shared/task.ts';
import type { Draft } from '../handlers/handler.ts';

/** Marks every temporary file of one task; storeId tells data folders apart that write into the same place. */
export interface DraftOwner {
  readonly storeId: string;
  readonly id: TaskId;
}

/** `.longhaul-<store>-<task>-<attempt>-<n>.part.mp4`: hidden, short (any output name fits), and the extension tells tools the format. */
export function draftName(owner: DraftOwner, attempt: number, n: number, fileName: string): string {
  return `${ownPrefix(owner)}${attempt}-${n}.part${extname(fileName)}`;
}

/** Hands out one draft per file name and remembers them. */
export class DraftBook {
  readonly #owner: DraftOwner;
  readonly #attempt: number;
  readonly #outputDir: string;
  readonly #drafts = new Map<string, Draft>();

  constructor(owner: DraftOwner, attempt: number, outputDir: string) {
    this.#owner = owner;
    this.#attempt = attempt;
    this.#outputDir = outputDir;
  }

  draft(fileName: string): Draft {
    const known = this.#drafts.get(fileName);
    if (known) return known;
    const draft = { tempPath: join(this.#outputDir, draftName(this.#owner, this.#attempt, this.#drafts.size, fileName)), fileName };
    this.#drafts.set(fileName, draft);
    return draft;
  }

  /** Removes what was handed out and not published. */
  async discard(): Promise<void> {
    await Promise.all([...this.#drafts.values()].map(({ tempPath }) => rm(tempPath, { force: true })));
  }
}

/** Removes what earlier attempts of this task left under temporary names. */
export async function sweepDrafts(outputDir: string, owner: DraftOwner): Promise<void> {
  await Promise.all((await listDrafts(outputDir, owner)).map((path) => rm(path, { force: true })));
}

/** The temporary files of a task, of whatever attempt. A folder that is gone holds none. */
export async function listDrafts(outputDir: string, owner: DraftOwner): Promise<string[]> {
  const names = await readdir(outputDir).catch(() => []);
  const prefix = ownPrefix(owner);
  return names.filter((name) => name.startsWith(prefix)).map((name) => join(outputDir, name));
}

function ownPrefix(owner: DraftOwner): string {
  return `.longhaul-${owner.storeId}-${owner.id}-`;
}
