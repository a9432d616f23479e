/** What recipes really took lately, read once and again after each attempt that was measured. */
import type { Store } from '../store/store.ts';
import { NO_CORRECTION, type Correction } from './needs.ts';

export class Corrections {
  readonly #store: Pick<Store, 'resourceUse'>;
  readonly #known = new Map<string, Correction>();

  constructor(store: Pick<Store, 'resourceUse'>) {
    this.#store = store;
  }

  /** As far as it was loaded. */
  known(recipe: string): Correction {
    return this.#known.get(recipe) ?? NO_CORRECTION;
  }

  async load(recipe: string): Promise<void> {
    if (!this.#known.has(recipe)) this.#known.set(recipe, await this.#store.resourceUse(recipe));
  }

  /** Another attempt was measured. */
  forget(recipe: string): void {
    this.#known.delete(recipe);
  }
}
