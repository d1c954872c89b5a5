// The answer's status code says who tries again: 2xx nobody, it is done or durable in the cluster; 503 the
// caller, as nothing could be recorded; 4xx nobody, it would be as wrong the next time.
import type { Response } from 'express';
import { messageOf, RetryableError } from '../gitops/errors.ts';
import type { Log } from '../gitops/log.ts';
import { ForgeError } from './forge/forge-error.ts';

/** What a handler has to say. */
export interface Answer {
  readonly status: 200 | 202 | 400 | 401 | 403 | 404 | 413 | 415 | 503;
  readonly body: object;
  /** Seconds after which the caller may try again. */
  readonly retryAfter?: number;
}

/** Logs that work failed before anything could be recorded, and returns the answer. */
export function unrecorded(error: unknown, log: Log): Answer {
  log.error({ err: error }, UNRECORDED);
  return callAgain(error);
}

/** What the log says of work that failed before anything could be recorded. */
export const UNRECORDED = 'Could not be recorded; the caller has to try again';

/** Returns the answer for it, where the log knows already. */
export function callAgain(error: unknown): Answer {
  const isKnown = error instanceof RetryableError || error instanceof ForgeError;
  const asked = isKnown ? error.retryAfterMs : undefined;
  return {
    status: 503,
    body: { error: messageOf(error) },
    retryAfter: Math.ceil((asked ?? 1_000) / 1_000),
  };
}

/** Sends the answer. Whoever prefers a reply would take the body of a success for an event. */
export function send(response: Response, { status, body, retryAfter }: Answer): void {
  if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
  response.locals.error = 'error' in body ? body.error : undefined;
  response.status(status);
  if (status < 300 && prefersReply(response.req.get('prefer'))) response.end();
  else response.json(body);
}

/**
 * Knative's brokers say so (RFC 7240) with each delivery. A body that is no CloudEvent counts as a failure to them: the
 * event would be delivered again and again, and be a dead letter in the end.
 */
function prefersReply(prefer = ''): boolean {
  return prefer.split(',').some((preference) => preference.trim().toLowerCase() === 'reply');
}
