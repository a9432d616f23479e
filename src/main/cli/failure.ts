/** How a command that could not do its work ends: one sentence, and the exit code that scripts look at. */
import { TaskError, type ErrorCode } from '../../shared/errors.ts';
import { EXIT, printJson } from './command.ts';
import type { Host } from './host.ts';
import { clean } from './terminal/text.ts';

/** What was asked for can't be, whatever the machine does. */
const USAGE_CODES: readonly ErrorCode[] = ['USAGE', 'OPTION_INVALID', 'RECIPE_UNKNOWN', 'TASK_UNKNOWN', 'GROUP_UNKNOWN', 'TASK_STATE', 'INPUT_MISSING', 'INPUT_NOT_ALLOWED', 'MODEL_MISSING'];

/** The exit code for what was thrown out of a command. */
export function exitCodeOf(error: TaskError): number {
  if (error.code === 'STORE_OWNED') return EXIT.owned;
  return USAGE_CODES.includes(error.code) ? EXIT.usage : EXIT.failed;
}

/** Prints what was thrown and gives its exit code. With --json it is `{"error":{code,message}}` on stdout. */
export function reportFailure(host: Host, isJson: boolean, thrown: unknown): number {
  // Stopped by the user: nothing went wrong.
  if (thrown instanceof Error && thrown.name === 'AbortError') return EXIT.interrupted;
  const error = TaskError.from(thrown);
  const { code, message, details } = error;
  if (isJson) printJson(host, { error: { code, message, ...(details === undefined ? {} : { details }) } });
  else {
    host.err.write(`longhaul: ${clean(message)}\n`);
    if (code === 'INTERNAL' && details !== undefined) host.err.write(`${details.split('\n').map(clean).join('\n')}\n`);
  }
  return exitCodeOf(error);
}
