/** Reads dropped paths piece by piece: the first files are there at once, however many come after them. */
import type { InspectedFile } from '../../../shared/contract.ts';
import type { Input, Output } from '../../api/transport.ts';

/** The most paths that the contract takes at once: ten times what one intake takes, so the others are only counted. */
const MAX_PATHS = 100_000;

export interface Reader {
  readonly ask: (input: Input<'inspectFiles'>) => Promise<Output<'inspectFiles'>>;
  /** Aborted: nothing more is asked or told. */
  readonly signal: AbortSignal;
  /** leftOut: since the piece before. */
  readonly onPiece: (files: readonly InspectedFile[], leftOut: number) => void;
}

/** Settles when all was told. Throws what asking throws; what was told by then is true, and not all. */
export async function readFiles(paths: readonly string[], { ask, signal, onPiece }: Reader): Promise<void> {
  const unasked = Math.max(0, paths.length - MAX_PATHS);
  let asking: ReturnType<Reader['ask']> | null = ask({ paths: paths.slice(0, MAX_PATHS), inPieces: true });
  while (asking !== null) {
    const { files, leftOut, next }: Output<'inspectFiles'> = await asking;
    if (signal.aborted) return;
    // Asked for before this piece is drawn: the engine reads on meanwhile.
    asking = next === null ? null : ask({ next });
    onPiece(files, asking === null ? leftOut + unasked : leftOut);
  }
}
