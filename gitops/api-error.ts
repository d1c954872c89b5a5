import { PermanentError, RetryableError } from './errors.ts';

/** A field the API server complains of, such as spec.env[0].name, and its complaint. */
export interface Cause {
  readonly field: string;
  readonly message: string;
}

/** The part of a metav1.Status that is used here. */
export interface StatusBody {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly Partial<Cause>[];
  };
}

/** An answer of 400 and above from the API server; `request` is its verb and path. */
export class ApiError extends Error {
  override name = 'ApiError' as const;
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly Cause[];
  /** Milliseconds the API server asked to wait, where it did. */
  readonly retryAfterMs: number | undefined;

  constructor(request: string, status: number, body: StatusBody) {
    super(`${body.message ?? 'no message'} (${status} to ${request})`);
    this.status = status;
    this.reason = body.reason ?? '';
    this.causes = (body.details?.causes ?? []).map(({ field = '', message = '' }) => ({
      field,
      message,
    }));
    const seconds = body.details?.retryAfterSeconds;
    this.retryAfterMs = seconds === undefined ? undefined : seconds * 1_000;
  }
}

/** Returns whether the object was changed, replaced, made or deleted by somebody else since it was read. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const moved = error.status === 409 || error.status === 404;
  // With a uid that is another object's, the API server says that metadata.uid is immutable.
  return moved || error.causes.some(({ field }) => field === 'metadata.uid');
}

/** Returns whether the API server refuses the object itself, whatever the state of the cluster. */
export function isRejection(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 422 || error.status === 400);
}

/** Returns the error as the engine's own: rejected objects are permanent, all else may pass. */
export function classify(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  if (isRejection(error)) return new PermanentError('Rejected', error.message, { cause: error });
  const { message, retryAfterMs } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new RetryableError(error.reason || 'ApiError', message, { cause: error, ...wait });
}
