// The child of node24-thread.ts: runs the product's own thread, as built for users, and passes messages on in both directions.
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';

const [, , path, json] = process.argv;
const bell = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
const rings = new Int32Array(bell);
const thread = new Worker(join(process.env.LONGHAUL_E2E_PRODUCT, basename(path)), { name: 'store', workerData: { ...JSON.parse(json), bell }, execArgv: [] });

thread.on('message', (message) => process.send({ message }));
thread.on('error', ({ message, stack }) => process.send({ error: { message, stack } }));
// Ends only when all that the thread said has been handed over.
thread.on('exit', (exitCode) => process.send({ exitCode }, () => process.exit(exitCode)));
process.on('message', (message) => {
  thread.postMessage(message);
  Atomics.add(rings, 0, 1);
  Atomics.notify(rings, 0);
});
// Threads die with their process, so this one dies with the process that it belongs to.
process.on('disconnect', () => process.exit(1));
// A terminal's Ctrl-C is for the app, which then says 'close'.
process.on('SIGINT', () => undefined);
