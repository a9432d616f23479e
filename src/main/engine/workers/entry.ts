/** A worker process of the product: every task type, over Node's IPC or Electron's. When the engine goes, so does it. */
import { HANDLERS } from '../handlers/index.ts';
import { openEngineChannel } from './engine-channel.ts';
import { serveOrders } from './serve.ts';

// An error nobody caught leaves the process in an unknown state: end it, the engine gives the task to another worker.
process.on('uncaughtException', endOnFault);
process.on('unhandledRejection', endOnFault);

serveOrders(HANDLERS, openEngineChannel(process));

function endOnFault(fault: unknown): void {
  console.error(fault instanceof Error ? fault.stack : fault);
  process.exit(1);
}
