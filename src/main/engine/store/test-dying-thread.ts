/** A store thread that opens well and dies of the first call. */
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', () => {
  throw new Error('died as the test wants it');
});
parentPort?.postMessage({ kind: 'opened' });
