/** A process for crash tests: opens the store in the folder it is given and prints each id only once it is acknowledged. */
import { writeSync } from 'node:fs';
import { openStore } from './client.ts';

const [dir = '', threadPath = '', createdAt = ''] = process.argv.slice(2);
/** Calls in flight: enough that a kill hits commits with several of them. */
const CALLERS = 4;

const store = await openStore({ dir, threadPath, now: Number(createdAt) });
say('open\n');
await Promise.all(Array.from({ length: CALLERS }, insertForEver));

async function insertForEver(): Promise<void> {
  for (;;) {
    const briefs = await store.insertTasks(
      [1, 2, 3].map((n) => ({
        type: 'transcribe', recipe: 'transcript', queue: 'speech', priority: n, inputs: [`/audio/${n}.wav`], outputDir: null, options: {}, maxRetries: 3, dependsOn: [], runAt: null,
      })),
      Number(createdAt),
    );
    say(briefs.map(({ id }) => `${id}\n`).join(''));
  }
}

/** Waits for a reader that is busy: a full pipe is no reason to die of. */
function say(text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}
