/**
 * Browsers that came in by a link. They are kept in the data folder, as digests, so that a restart of the server does not lock anybody
 * out. Deleting serve-sessions.json and starting again ends them all.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import { digestOf, isSameDigest, newSecret } from './secrets.ts';

/** A month: people who come back each week need no new link, forgotten browsers do. */
export const SESSION_LIFE_MS = 30 * 24 * 60 * 60 * 1000;
/** More browsers than one person has; the oldest sessions go first. */
const MAX_SESSIONS = 64;
const FILE_NAME = 'serve-sessions.json';

const stored = z.object({ sessions: z.array(z.object({ digest: z.string().length(64), expiresAt: z.number() })) });
type Stored = z.infer<typeof stored>['sessions'];

export class Sessions {
  readonly #path: string;
  readonly #now: () => number;
  #sessions: Stored;
  /** One at a time: the newest list is written last. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, now: () => number, sessions: Stored) {
    this.#path = path;
    this.#now = now;
    this.#sessions = sessions;
  }

  /** now: epoch milliseconds. */
  static async load(dataDir: string, now: () => number): Promise<Sessions> {
    const path = join(dataDir, FILE_NAME);
    return new Sessions(path, now, (await readPrivateFile(path, stored))?.sessions ?? []);
  }

  /** The secret of a new session, for the browser's cookie. `kept` rejects when it can't be stored; it holds until the restart all the same. */
  make(): { secret: string; kept: Promise<void> } {
    const secret = newSecret();
    const alive = this.#sessions.filter(({ expiresAt }) => expiresAt > this.#now());
    this.#sessions = [...alive, { digest: digestOf(secret), expiresAt: this.#now() + SESSION_LIFE_MS }].slice(-MAX_SESSIONS);
    this.#writing = this.#writing.catch(() => undefined).then(() => writePrivateFile(this.#path, { sessions: this.#sessions }));
    return { secret, kept: this.#writing };
  }

  /** Whether a browser's cookie is one of a living session. */
  has(secret: string): boolean {
    const digest = digestOf(secret);
    return this.#sessions.some((session) => isSameDigest(session.digest, digest) && session.expiresAt > this.#now());
  }
}
