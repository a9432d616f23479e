// What a person sees while the set-up works: one line a step, rewritten in place on a terminal.

/** A step that can't be done here. Its message is one sentence that says what to do. */
export class SetupError extends Error {
  constructor(message, details) {
    super(message);
    this.name = 'SetupError';
    this.details = details;
  }
}

/** Where steps are reported; quiet keeps it to failures. */
export function createReport({ stream = process.stdout, quiet = false } = {}) {
  return {
    /** Runs work(progress), which returns the sentence of the finished step. */
    async step(name, work) {
      const startedAt = performance.now();
      const line = createLine(stream, name, quiet);
      try {
        const { text, ...result } = await work((now) => line.show(now));
        line.end('✓', text, startedAt);
        return result;
      } catch (error) {
        line.end('✗', error.message, startedAt);
        if (error.details) stream.write(`${indent(error.details)}\n`);
        throw error;
      }
    },
  };
}

/** Elapsed time for people: 0.4 s, 12 s, 2 min 5 s. */
export function formatElapsed(ms) {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** The width of the widest step name, so that the texts line up. */
const NAME_WIDTH = 15;
/** Without a terminal a step that takes long says so at most this often, so a log stays readable and nobody thinks it hangs. */
const LOG_EVERY_MS = 30_000;

function createLine(stream, name, quiet) {
  const label = name.padEnd(NAME_WIDTH);
  let lastLoggedAt = performance.now();
  return {
    show(text) {
      if (quiet) return;
      if (stream.isTTY) {
        const width = (stream.columns ?? 80) - 1;
        stream.write(`\r\x1b[K${`… ${label} ${text}`.slice(0, width)}`);
      } else if (performance.now() - lastLoggedAt >= LOG_EVERY_MS) {
        lastLoggedAt = performance.now();
        stream.write(`… ${label} ${text}\n`);
      }
    },
    end(mark, text, startedAt) {
      if (quiet && mark === '✓') return;
      const clear = stream.isTTY ? '\r\x1b[K' : '';
      stream.write(`${clear}${mark} ${label} ${text}  ${formatElapsed(performance.now() - startedAt)}\n`);
    },
  };
}

function indent(text) {
  return text.split('\n').map((line) => `    ${line}`).join('\n');
}
