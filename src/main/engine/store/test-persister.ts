/** A process for fault tests: saves task after task as the engine does, repeating what fails, and prints each id once it is acknowledged. */
import { systemClock } from '../clock.ts';
import { Persister } from '../scheduler/persist.ts';
import { openStore } from './client.ts';

const [dir = '', threadPath = '', createdAt = ''] = process.argv.slice(2);
const now = Number(createdAt);
const store = await openStore({ dir, threadPath, now });
// The clock's timers keep no process alive; the engine's workers do, and here this one.
setInterval(() => undefined, 1_000);
const persister = new Persister(systemClock, (trouble) => console.log(trouble === null ? 'mended' : `trouble ${trouble.code}`));
for (let number = 1; ; number += 1) {
  const [brief] = await persister.persist(() => store.insertTasks(
    [{ type: 'transcribe', recipe: 'transcript', queue: 'speech', priority: 5, inputs: [`/audio/${number}.wav`], outputDir: null, options: {}, maxRetries: 3, dependsOn: [], runAt: null }], now,
  ));
  console.log(`id ${brief?.id} ${number}`);
  if (number % 20 === 0) await store.backup(now + number).then(({ name }) => console.log(`backup ${name}`), (error: unknown) => console.log(`no backup ${String(error)}`));
}
