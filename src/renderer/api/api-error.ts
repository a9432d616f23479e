/** What a call to the engine throws. */
import type { TaskErrorShape } from '../../shared/errors.ts';

/** The engine's codes, and the one that only a window knows: the engine could not be asked. */
export type ApiErrorCode = TaskErrorShape['code'] | 'DISCONNECTED';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  readonly details: string | undefined;
  readonly retryable: boolean;

  constructor(shape: Omit<TaskErrorShape, 'code'> & { code: ApiErrorCode }) {
    super(shape.message);
    this.code = shape.code;
    this.details = shape.details;
    this.retryable = shape.retryable;
  }

  /** Anything thrown, as an ApiError. */
  static from(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) return thrown;
    return new ApiError({ code: 'INTERNAL', message: thrown instanceof Error ? thrown.message : String(thrown), retryable: true });
  }
}

/** The engine could not be asked: nobody knows whether it did anything. */
export function disconnected(): ApiError {
  return new ApiError({ code: 'DISCONNECTED', message: 'The connection to Longhaul is lost. It is tried again by itself.', retryable: true });
}
