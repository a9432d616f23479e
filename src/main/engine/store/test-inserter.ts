/** A process for crash tests: opens the store in the folder it is given and prints each id only once it is acknowledged. */
import { writeSync } from 'node:fs';
import { openStore } from './client.ts';

const [dir = '', threadPath = '', createdAt = ''] = process.argv.slice(2);
/** Calls in flight: enough that a kill hits commits with several of them. */
const CALLERS = 4;

const store = await openStore({ dir, threadPath, now: Number(createdAt) });
writeSync(1, 'open\n');
await Promise.all(Array.from({ length: CALLERS }, insertForEver));

async function insertForEver(): Promise<void> {
  for (;;) {
    const briefs = await store.insertTasks(
      [1, 2, 3].map((n) => ({
        type: 'transcribe', recipe: 'transcript', queue: 'speech', priority: n, inputs: [`/audio/${n}.wav`], outputDir: null, options: {}, maxRetries: 3, dependsOn: [], runAt: null,
      })),
      Number(createdAt),
    );
    writeSync(1, briefs.map(({ id }) => `${id}\n`).join(''));
  }
}
