/** One-time links: each opens the window once, within an hour. They live in memory, so a restart ends them. */
import { digestOf, isSameDigest, newSecret } from './secrets.ts';

/** Long enough to find the terminal's text and copy it; short enough that an old log opens nothing. */
export const LINK_LIFE_MS = 60 * 60 * 1000;
/** More unused links than anybody needs; the oldest go first. */
const MAX_UNUSED = 16;

export class Links {
  readonly #now: () => number;
  #unused: { digest: string; expiresAt: number }[] = [];

  /** now: epoch milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The token of a new link. */
  make(): string {
    const token = newSecret();
    this.#unused = [...this.#unused, { digest: digestOf(token), expiresAt: this.#now() + LINK_LIFE_MS }].slice(-MAX_UNUSED);
    return token;
  }

  /** Whether the token opens the window. It does so once. */
  use(token: string): boolean {
    const digest = digestOf(token);
    const found = this.#unused.find((link) => isSameDigest(link.digest, digest));
    this.#unused = this.#unused.filter((link) => link !== found);
    return found !== undefined && found.expiresAt > this.#now();
  }
}
