// Requests that were refused. Whoever sends them is told why; that somebody uses a wrong secret, or guesses, is said here,
// and nothing of what they have shown.
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import { cut } from '../gitops/cut.ts';
import { createAlikeLines, type LineBounds } from './alike-lines.ts';
import type { Context } from './context.ts';
import { FORGES } from './forge/webhooks.ts';
import { readTraceContext } from './telemetry/trace-context.ts';

/** Characters of a path or a reason that are logged: anybody can ask for any. */
const MAX_TEXT = 100;
/** Whoever guesses must not fill the log. The metric has them all. */
const BOUNDS: LineBounds = { quietMs: 60_000, kinds: 20 };

/**
 * Logs and counts answers that say the caller is wrong (4xx): a line a minute for each route and reason. A path that is not
 * there is no refusal.
 */
export function tellRefusals({ log, metrics }: Pick<Context, 'log' | 'metrics'>): RequestHandler {
  const tell = createAlikeLines(BOUNDS, (line) => log.warn(line, 'Request refused'));
  return (request, response, next) => {
    const { method, path, headers } = request;
    response.once('finish', () => {
      const { statusCode: status, locals } = response;
      if (status < 400 || status >= 500 || status === 404) return;
      metrics.refusals.refused(status);
      const error = cut(String(locals.error), MAX_TEXT);
      const what = { method, path: cut(path, MAX_TEXT), status, error };
      tell(`${request.route?.path} ${status} ${error}`, { ...what, ...idsIn(headers) });
    });
    next();
  };
}

/** Headers by which whoever called finds the call at their end. */
const ID_HEADERS = [
  ...Object.values(FORGES).map(({ deliveryHeader }) => deliveryHeader),
  'ce-id',
  'x-request-id',
];
const ID = /^[\w{}.:-]{1,128}$/;

function idsIn(headers: IncomingHttpHeaders): object {
  const requestId = ID_HEADERS.map((name) => String(headers[name] ?? '')).find((id) => ID.test(id));
  const trace = readTraceContext(headers.traceparent);
  return { ...(requestId && { requestId }), ...(trace && { trace_id: trace.traceId }) };
}
