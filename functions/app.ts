import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { send } from './answer.ts';
import type { Context } from './context.ts';
import { createReadiness, type Obstacle } from './health.ts';
import { onEvent } from './on-event.ts';
import { onTick } from './on-tick.ts';
import { onWebhook } from './on-webhook.ts';

/** Largest body that is read, in bytes; Git servers send less, a larger one is refused before it is buffered. */
const BODY_LIMIT = 3 * 1024 * 1024;

/** Returns the one HTTP application that every entry serves; it is ready where `obstacle` names none. */
export function createApp(context: Context, obstacle?: Obstacle): Express {
  const { serve, eventToken } = context.config;
  const app = express();
  app.disable('x-powered-by');
  serveHealth(app, createReadiness(context, obstacle));
  const raw = express.raw({ type: () => true, limit: BODY_LIMIT, inflate: false });
  const trusted = requireToken(eventToken);
  if (serve.has('events')) {
    app.post(['/', '/events'], trusted, raw, async ({ headers, body }, response) => {
      send(response, await onEvent(headers, bytes(body), context));
    });
  }
  if (serve.has('metrics')) serveMetrics(app, context);
  if (serve.has('tick')) {
    app.post('/tick', trusted, async (_request, response) => send(response, await onTick(context)));
  }
  if (serve.has('webhooks')) {
    app.post('/webhooks/:forge', raw, async ({ params, headers, body }, response) => {
      send(response, await onWebhook(params.forge, { headers, body: bytes(body) }, context));
    });
  }
  app.use(notFound);
  app.use(refuse(context));
  return app;
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

/** The token is looked at before the body is read. Hashing makes the lengths equal for the comparison. */
function requireToken(token: string) {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(`Bearer ${token}`);
  return ({ headers }: Request, response: Response, next: NextFunction) => {
    if (token === '' || timingSafeEqual(digest(headers.authorization ?? ''), wanted)) return next();
    send(response, { status: 401, body: { error: 'the bearer token is missing or wrong' } });
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
    response.status(status).json({ error: status >= 500 ? 'internal error' : error.message });
  };
}
