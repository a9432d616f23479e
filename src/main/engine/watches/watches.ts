/** All watched folders of an engine that works: a watcher for each rule that is enabled. */
import { inTurns } from '../intake/in-turns.ts';
import type { StoredWatchRule } from '../store/watch-operations.ts';
import type { LiveState, WatchControl } from './control.ts';
import type { WatchParts } from './parts.ts';
import { RuleWatcher } from './rule-watcher.ts';

/** Rules that look or take at a time: others have their turn after a step. */
const AT_ONCE = 2;
/** Changes of how rules stand are told at most so often. */
const TELL_MS = 500;

export class Watches implements WatchControl {
  readonly #parts: WatchParts;
  readonly #onState: () => void;
  readonly #watchers = new Map<number, { readonly mark: string; readonly watcher: RuleWatcher }>();
  readonly #inTurn = inTurns(AT_ONCE);
  #cancelTelling: (() => void) | undefined;
  #isClosed = false;
  #applying: Promise<void> = Promise.resolve();

  constructor(parts: WatchParts) {
    this.#parts = { ...parts, onState: () => this.#tell() };
    this.#onState = parts.onState;
  }

  /** Begins to watch; what fails is tried again when a rule changes. */
  start(): void {
    void this.changed().catch((error: unknown) => console.error(`Watched folders could not be read: ${String(error)}`));
  }

  /** Rules were changed: watches by them as they are now. */
  async changed(): Promise<void> {
    const applied = this.#applying.then(async () => this.#apply(this.#isClosed ? [] : await this.#parts.store.listWatchRules()));
    this.#applying = applied.catch(() => undefined);
    await applied;
    this.#tell();
  }

  /** Null: it is not watched. */
  stateOf(id: number): LiveState | null {
    return this.#watchers.get(id)?.watcher.state ?? null;
  }

  scan(id: number): void {
    this.#watchers.get(id)?.watcher.scan();
  }

  /** Tasks of groups have changed: perhaps those of a rule. */
  tasksChanged(): void {
    if (this.#watchers.size > 0) this.#tell();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTelling?.();
    await this.#applying;
    await this.#apply([]);
  }

  async #apply(rules: readonly StoredWatchRule[]): Promise<void> {
    const wanted = new Map(rules.filter(({ isEnabled }) => isEnabled).map((rule) => [rule.id, rule]));
    const leaving = [...this.#watchers].filter(([id, { mark }]) => {
      const rule = wanted.get(id);
      return rule === undefined || markOf(rule) !== mark;
    });
    for (const [id] of leaving) this.#watchers.delete(id);
    await Promise.all(leaving.map(([, { watcher }]) => watcher.close()));
    for (const [id, rule] of wanted) {
      if (this.#watchers.has(id)) continue;
      const watcher = new RuleWatcher(rule, this.#parts, this.#inTurn);
      this.#watchers.set(id, { mark: markOf(rule), watcher });
      watcher.scan();
    }
  }

  #tell(): void {
    if (this.#isClosed) return;
    this.#cancelTelling ??= this.#parts.clock.after(TELL_MS, () => {
      this.#cancelTelling = undefined;
      this.#onState();
    });
  }
}

/** What a watcher works by; another one means another watcher. */
function markOf({ name, body }: StoredWatchRule): string {
  return JSON.stringify([name, body]);
}
