/** Estimates one after the other: each costs the engine a look into the file, and a drop may hold ten thousand. */
import { estimateKey, type EstimateAnswer } from './intake-plan.ts';

/** Looks into files at a time. */
const PARALLEL = 2;
/** Answers of this time come to the screen as one. */
const TELL_AFTER_MS = 100;

export class EstimateQueue {
  readonly #ask: (path: string, recipe: string) => Promise<EstimateAnswer>;
  readonly #tell: (answers: ReadonlyMap<string, EstimateAnswer>) => void;
  #answers = new Map<string, EstimateAnswer>();
  #wanted: { readonly key: string; readonly path: string; readonly recipe: string }[] = [];
  #known = new Set<string>();
  #running = 0;
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** ask must not be called for the same file and recipe twice; tell gets all answers so far. */
  constructor(ask: (path: string, recipe: string) => Promise<EstimateAnswer>, tell: (answers: ReadonlyMap<string, EstimateAnswer>) => void) {
    this.#ask = ask;
    this.#tell = tell;
  }

  /** What was wanted last comes first: it is what the user looks at. */
  want(path: string, recipe: string): void {
    const key = estimateKey(path, recipe);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#wanted.push({ key, path, recipe });
    this.#next();
  }

  /** Forgets everything; answers under way come to nothing. */
  clear(): void {
    this.#round += 1;
    this.#running = 0;
    this.#answers = new Map();
    this.#wanted = [];
    this.#known = new Set();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #next(): void {
    if (this.#running >= PARALLEL) return;
    const wish = this.#wanted.pop();
    if (wish === undefined) return;
    this.#running += 1;
    const round = this.#round;
    // An estimate that could not be had is no problem of the file: its row just tells no time.
    void this.#ask(wish.path, wish.recipe).catch((): EstimateAnswer => ({ estimate: null, problem: null })).then((answer) => {
      if (round !== this.#round) return;
      this.#running -= 1;
      this.#answers.set(wish.key, answer);
      this.#timer ??= setTimeout(() => this.#flush(), TELL_AFTER_MS);
      this.#next();
    });
    this.#next();
  }

  #flush(): void {
    this.#timer = null;
    this.#tell(this.#answers);
  }
}
