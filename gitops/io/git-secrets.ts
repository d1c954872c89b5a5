import { messageOf, PermanentError, RetryableError } from '../errors.ts';
import type { Credentials } from '../repository.ts';
import { basicOf } from './git-exchange.ts';

const HIDDEN = '[hidden]';

/**
 * Returns the error of a Git server without the credentials that it was shown: one that repeats them must not have us tell
 * them in a status, which others may read.
 */
export function withoutCredentials(error: unknown, credentials: Credentials | undefined): unknown {
  if (credentials === undefined) return error;
  const said = messageOf(error);
  const message = [basicOf(credentials), credentials.password].reduce(
    (text, secret) => text.replaceAll(secret, HIDDEN),
    said,
  );
  if (message === said) return error;
  // The cause says the same.
  if (error instanceof PermanentError) return new PermanentError(error.reason, message);
  const { reason = 'GitProtocolError', retryAfterMs } = error as Partial<RetryableError>;
  return new RetryableError(reason, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}
