/** Fails the same way each time until a person or a commit changes something: it is not retried. */
export class PermanentError extends Error {
  override name = 'PermanentError' as const;
  /** CamelCase word for the condition, such as NameConflict. */
  readonly reason: string;

  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** May succeed later without anybody's doing. Errors of other classes count as retryable too, without a reason of their own. */
export class RetryableError extends Error {
  override name = 'RetryableError' as const;
  readonly reason: string;
  /** Milliseconds that the other side asked to wait, where it did. */
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: string,
    message: string,
    options: ErrorOptions & { retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Returns whether trying again cannot help. */
export function isPermanent(error: unknown): error is PermanentError {
  return error instanceof PermanentError;
}

/** Returns the condition reason of an error: its own, or ReconciliationFailed. */
export function reasonOf(error: unknown): string {
  const known = error instanceof PermanentError || error instanceof RetryableError;
  return known ? error.reason : 'ReconciliationFailed';
}

/** Returns the message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
