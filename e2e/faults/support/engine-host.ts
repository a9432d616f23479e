/**
 * An engine in a process of its own, to be killed: `engine-host.js '{…}'`, the words as `hostOptions` has them. It says on its output when it is
 * open, what it told as completed, and why it refused; SIGTERM closes it as a quit does.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../../../src/main/engine/index.ts';
import { startLocalServer } from '../../../src/main/local/server.ts';
import { TaskError } from '../../../src/shared/errors.ts';
import { hostOptions, type HostSaying } from './host-options.ts';

const options = hostOptions.parse(JSON.parse(process.argv[2] ?? '{}'));

function say(saying: HostSaying): void {
  process.stdout.write(`${JSON.stringify(saying)}\n`);
}

/** Everything lasts a speed-th of its time; the wall clock goes on from now. */
function clockOf(speed: number): NonNullable<Parameters<typeof createEngine>[0]['clock']> {
  const startedAt = Date.now();
  return {
    now: () => (speed === 1 ? Date.now() : Math.round(startedAt + (Date.now() - startedAt) * speed)),
    monotonicMs: () => performance.now() * speed,
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, Math.min(Math.max(0, delayMs / speed), 2 ** 31 - 1));
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

async function run(): Promise<void> {
  const engine = await createEngine({
    dataDir: options.dataDir, codeDir: dirname(fileURLToPath(import.meta.url)), recipesDir: options.recipesDir, clock: clockOf(options.speed),
    work: options.tools === null ? null : { tools: options.tools, concurrency: { media: options.concurrency, speech: options.concurrency } },
  });
  engine.on((event) => {
    if (event.kind === 'task' && event.task.status === 'completed') say({ kind: 'completed', id: event.task.id });
    if (event.kind === 'task' && event.task.status === 'running') say({ kind: 'began', id: event.task.id });
    if (event.kind === 'trouble') say({ kind: 'trouble', trouble: event.trouble });
  });
  const server = await startLocalServer({ api: engine.api, on: (listener) => engine.on(listener), dataDir: options.dataDir, version: '0.0.0-faults', startedAt: Date.now() });
  process.on('SIGTERM', () => {
    void server.close().then(() => engine.close()).then(() => process.exit(0));
  });
  say({ kind: 'open', rescued: engine.recovered?.rescued.length ?? 0 });
}

// The test that started it is gone: nobody is left to end it.
process.stdin.on('end', () => process.exit(9)).resume();

try {
  await run();
} catch (error) {
  say({ kind: 'refused', error: TaskError.from(error).toShape() });
  process.exit(3);
}
