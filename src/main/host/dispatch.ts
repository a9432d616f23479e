/** One call of a window, whatever carries it: found in the contract's table, validated, done, answered in an envelope. */
import { WINDOW_METHODS, type EngineApi, type Envelope } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { HOST_METHODS, type HostApi, type HostMethodName } from '../../shared/host-contract.ts';

export type WindowMethodName = keyof typeof WINDOW_METHODS;

/** Never rejects: what goes wrong is in the envelope. */
export type Dispatch = (method: string, input: unknown) => Promise<Envelope<unknown>>;

/** Enough of a wrong name to recognise it by. */
const SHOWN_NAME_LENGTH = 100;

/** All methods of a window: the engine's, and those of the program around it. */
export function createDispatch(engine: EngineApi, host: HostApi): Dispatch {
  return async (method, input) => {
    try {
      return { ok: true, value: await call(engine, host, method, input) };
    } catch (error) {
      return failure(error);
    }
  };
}

/** Anything thrown, in an envelope. */
export function failure(thrown: unknown): { ok: false; error: ReturnType<TaskError['toShape']> } {
  return { ok: false, error: TaskError.from(thrown).toShape() };
}

/** Whether windows have this method. */
export function isWindowMethod(name: string): name is WindowMethodName {
  return Object.hasOwn(WINDOW_METHODS, name);
}

function isHostMethod(name: WindowMethodName): name is HostMethodName {
  return Object.hasOwn(HOST_METHODS, name);
}

async function call(engine: EngineApi, host: HostApi, method: string, input: unknown): Promise<unknown> {
  if (!isWindowMethod(method)) throw new TaskError('USAGE', `There is no method "${method.slice(0, SHOWN_NAME_LENGTH)}". The window and the program are of different versions; reload the window.`);
  const parsed = WINDOW_METHODS[method].input.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
    throw new TaskError('USAGE', `${method} can't be done with this input: ${place}${issue?.message ?? 'not valid'}.`);
  }
  const answer: unknown = await (isHostMethod(method) ? Reflect.apply(host[method], host, [parsed.data]) : Reflect.apply(engine[method], engine, [parsed.data]));
  return answer;
}
