/** Tells files that are new to whoever takes them from those that were taken, under whatever name, and from what Longhaul made itself. */
import { sha256OfFile } from '../media/durable-file.ts';
import type { FileVerdict, SeenFile, Taker } from '../store/watch-operations.ts';
import type { Store } from '../store/store.ts';

export interface Judged {
  /** Neither taken nor made. hashes: of own outputs of the same size; only its content tells whether it is one of them. */
  readonly fresh: readonly { readonly file: SeenFile; readonly hashes: readonly string[] }[];
  readonly moved: readonly { readonly file: SeenFile; readonly takenId: number; readonly from: string }[];
}

/** Asks the store; own outputs are noted, so that they are known from then on. */
export async function judgeFiles(store: Pick<Store, 'judgeFiles' | 'noteFiles'>, taker: Taker, files: readonly SeenFile[]): Promise<Judged> {
  if (files.length === 0) return { fresh: [], moved: [] };
  const verdicts = await store.judgeFiles(taker, files);
  const judged = files.flatMap((file, place) => {
    const verdict = verdicts[place];
    return verdict === undefined ? [] : [{ file, verdict }];
  });
  const made = judged.filter(({ verdict }) => verdict.kind === 'made').map(({ file }) => file);
  if (made.length > 0) await store.noteFiles(taker, made);
  return {
    fresh: judged.flatMap(({ file, verdict }) => (isFresh(verdict) ? [{ file, hashes: verdict.kind === 'alike' ? verdict.hashes : [] }] : [])),
    moved: judged.flatMap(({ file, verdict }) => (verdict.kind === 'moved' ? [{ file, takenId: verdict.takenId, from: verdict.from }] : [])),
  };
}

/** Those of them that are not own outputs under another name; these are noted. Reads files, but only those of the very size of an output. */
export async function withoutOwn(store: Pick<Store, 'noteFiles'>, taker: Taker, fresh: Judged['fresh'], signal: AbortSignal): Promise<SeenFile[]> {
  const [others, own]: [SeenFile[], SeenFile[]] = [[], []];
  for (const { file, hashes } of fresh) {
    const isOwn = hashes.length > 0 && hashes.includes(await sha256OfFile(file.path, signal).catch(() => ''));
    signal.throwIfAborted();
    (isOwn ? own : others).push(file);
  }
  if (own.length > 0) await store.noteFiles(taker, own);
  return others;
}

function isFresh(verdict: FileVerdict): verdict is Extract<FileVerdict, { kind: 'new' | 'alike' }> {
  return verdict.kind === 'new' || verdict.kind === 'alike';
}
