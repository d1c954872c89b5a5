// Bodies of requests, most of them by nobody known. express' own reader takes in all of a body that is too large before
// it says so, and any number of bodies at once.
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { type Answer, send } from './answer.ts';

/** Bytes that are held at most. */
export interface BodyLimits {
  /** Of one body. */
  readonly body: number;
  /** Of all bodies of requests under way. */
  readonly all: number;
}

/** Until whoever still sends has had time to read the refusal. */
const LINGER_MS = 1_000;

/**
 * Reads the body into `request.body`, or answers with 413, 415 or, where too much is held already, what `full` makes of
 * a 503.
 */
export function bodyReader(
  limits: BodyLimits,
  full: (request: Request, answer: Answer) => Answer,
): RequestHandler {
  let held = 0;
  return (request, response, next) => {
    const refusal = refusalOf(request, limits);
    if (refusal) return refuse(request, response, refusal);
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      held += chunk.length;
      chunks.push(chunk);
      if (size > limits.body) stop(TOO_LARGE);
      else if (held > limits.all) stop(full(request, TOO_MUCH));
    };
    const done = () => {
      request.body = Buffer.concat(chunks);
      next();
    };
    const stop = (answer: Answer) => {
      request.off('data', take).off('end', done);
      chunks.length = 0;
      refuse(request, response, answer);
    };
    response.once('close', () => {
      held -= size;
    });
    request.on('data', take).once('end', done).once('error', fail(next));
  };
}

const TOO_LARGE: Answer = { status: 413, body: { error: 'the body is too large' } };
const TOO_MUCH: Answer = {
  status: 503,
  body: { error: 'too many bodies at once' },
  retryAfter: 1,
};
const ENCODED: Answer = { status: 415, body: { error: 'the body must not be encoded' } };

/** What the headers alone tell. */
function refusalOf({ headers }: Request, limits: BodyLimits): Answer | undefined {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return ENCODED;
  return Number(headers['content-length'] ?? 0) > limits.body ? TOO_LARGE : undefined;
}

/** What still comes is let go by. */
function refuse(request: Request, response: Response, answer: Answer): void {
  request.resume();
  send(response, answer);
  setTimeout(() => request.socket?.destroy(), LINGER_MS).unref();
}

/** Whoever has gone hears no answer. */
function fail(next: NextFunction) {
  return (error: Error) => next(Object.assign(error, { status: 400 }));
}
