// Requests that were refused. Whoever sends them is told why; that somebody uses a wrong secret, or guesses, is said here.
import type { RequestHandler } from 'express';
import type { Context } from './context.ts';

/** Characters of a path that are logged: anybody can ask for any. */
const MAX_PATH = 100;

/** Logs and counts answers that say the caller is wrong (4xx). A path that is not there is no refusal. */
export function tellRefusals({ log, metrics }: Pick<Context, 'log' | 'metrics'>): RequestHandler {
  return ({ method, path }, response, next) => {
    response.once('finish', () => {
      const { statusCode: status, locals } = response;
      if (status < 400 || status >= 500 || status === 404) return;
      metrics.refusals.refused(status);
      log.warn(
        { method, path: path.slice(0, MAX_PATH), status, error: locals.error },
        'Request refused',
      );
    });
    next();
  };
}
