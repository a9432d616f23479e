/** A worker process whose tasks do nothing: what is left is the engine itself. */
import { noopHandlers } from './noop-handlers.ts';
import { serveOrders } from '../src/main/engine/workers/serve.ts';

process.on('disconnect', () => process.exit(0));
serveOrders(noopHandlers, {
  send: (message) => void process.send?.(message),
  onMessage: (listener) => void process.on('message', listener),
});
