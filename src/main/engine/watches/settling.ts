/** Which files stand still: of the same size and time at two looks that lie far enough apart. */
import type { SeenFile } from '../store/watch-operations.ts';
import { markOf } from './scan.ts';

export class Settling {
  readonly #waitMs: number;
  readonly #known = new Map<string, { readonly mark: string; readonly sinceMs: number }>();

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  get size(): number {
    return this.#known.size;
  }

  /** Whether it has settled; a file that changed, or is met for the first time, begins to wait anew. nowMs: of a clock that never jumps. */
  look(file: SeenFile, nowMs: number): boolean {
    const mark = markOf(file);
    const known = this.#known.get(file.path);
    // An empty file is the beginning of one.
    if (known !== undefined && known.mark === mark && file.sizeBytes > 0) return nowMs - known.sinceMs >= this.#waitMs;
    if (known?.mark !== mark) this.#known.set(file.path, { mark, sinceMs: nowMs });
    return false;
  }

  /** It waits a whole time more. */
  delay(file: SeenFile, nowMs: number): void {
    this.#known.set(file.path, { mark: markOf(file), sinceMs: nowMs });
  }

  forget(path: string): void {
    this.#known.delete(path);
  }

  paths(): string[] {
    return [...this.#known.keys()];
  }
}
