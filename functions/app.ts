import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { send, unrecorded } from './answer.ts';
import type { Context } from './context.ts';
import { createReadiness, type Obstacle } from './health.ts';
import { onDeadLetter } from './on-dead-letter.ts';
import { onEvent } from './on-event.ts';
import { onTick } from './on-tick.ts';
import { answerTo, type Hook, onWebhook } from './on-webhook.ts';
import { bodyReader } from './read-body.ts';
import { tellRefusals } from './refusals.ts';

const MiB = 2 ** 20;
/** Git servers send less; what is larger is refused before it is read. All at once are a part of what a container has. */
const BODY_LIMITS = { body: 3 * MiB, all: 64 * MiB };

/** Returns the one HTTP application that every entry serves; it is ready where `obstacle` names none. */
export function createApp(context: Context, obstacle?: Obstacle): Express {
  const { serve } = context.config;
  const app = express();
  app.disable('x-powered-by');
  serveHealth(app, createReadiness(context, obstacle));
  app.use(tellRefusals(context));
  const raw = bodyReader(BODY_LIMITS, ({ params }, answer) => answerTo(hookIn(params), answer));
  const trusted = requireCaller(context);
  if (serve.has('webapps') || serve.has('sources')) {
    app.post(['/', '/events'], trusted, raw, async ({ headers, body }, response) => {
      send(response, await onEvent(headers, bytes(body), context));
    });
  }
  if (serve.has('metrics')) serveMetrics(app, context);
  if (serve.has('tick')) serveTick(app, context, { trusted, raw });
  if (serve.has('pushes') || serve.has('reviews')) {
    app.post('/webhooks/:forge{/:namespace}', raw, async ({ params, headers, body }, response) => {
      const delivery = { headers, body: bytes(body) };
      send(response, await onWebhook(hookIn(params), delivery, context));
    });
  }
  app.use(notFound);
  app.use(refuse(context));
  return app;
}

/** Requests of other paths have no forge. */
function hookIn({ forge = '', namespace }: Request['params']): Hook {
  return {
    forge: String(forge),
    namespace: namespace === undefined ? namespace : String(namespace),
  };
}

interface Guards {
  /** Looks at who calls. */
  readonly trusted: RequestHandler;
  /** Reads the body. */
  readonly raw: RequestHandler;
}

function serveTick(app: Express, context: Context, { trusted, raw }: Guards): void {
  app.post('/tick', trusted, async ({ headers }, response) =>
    send(response, await onTick(context, headers)),
  );
  // A broker that brings them has an identity that is not known here, so that only a shared token is asked for.
  const known = context.config.eventToken === '' ? [] : [trusted];
  app.post('/dead-letters', ...known, raw, ({ headers, body }, response) => {
    send(response, onDeadLetter(headers, bytes(body), context));
  });
}

function serveHealth(app: Express, readiness: ReturnType<typeof createReadiness>): void {
  app.get(['/healthz', '/health/liveness'], (_request, response) => {
    response.json({ alive: true });
  });
  app.get(['/readyz', '/health/readiness'], async (_request, response) => {
    const result = await readiness();
    response.status(result.ready ? 200 : 503).json(result);
  });
}

/** Answers what no path is there for. */
export function notFound(_request: Request, response: Response): void {
  send(response, { status: 404, body: { error: 'no such path' } });
}

function serveMetrics(app: Express, { metrics: { registry } }: Context): void {
  app.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
}

/** Returns the body that was read; without one express leaves an empty object. */
export function bytes(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

/** Looks at who calls before the body is read. */
function requireCaller({ caller, log }: Context) {
  return async ({ headers }: Request, response: Response, next: NextFunction) => {
    const who = await caller(headers.authorization);
    if (who.kind === 'trusted') return next();
    if (who.kind === 'unknown') return send(response, unrecorded(who.error, log));
    const status = who.kind === 'forbidden' ? 403 : 401;
    send(response, { status, body: { error: who.reason } });
  };
}

/** Answers errors: express' own page would show the stack. Those that arrive here are of the body: too large, or not as announced. */
export function refuse({ log }: Context) {
  // biome-ignore lint/complexity/useMaxParams: express tells an error handler by its four parameters
  return (
    error: Error & { status?: number },
    _request: Request,
    response: Response,
    _next: NextFunction,
  ) => {
    const status = error.status ?? 500;
    if (status >= 500) log.error({ err: error }, 'Request failed');
    response.locals.error = error.message;
    response.status(status).json({ error: status >= 500 ? 'internal error' : error.message });
  };
}
