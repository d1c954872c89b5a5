// The guarantee behind the events: whatever was lost, a tick finds. Two ticks at once do no harm, as each visit
// decides by what is live.
import type { IncomingHttpHeaders } from 'node:http';
import { WEBAPP } from '../gitops/kinds.ts';
import type { WebAppSource } from '../gitops/webapp.ts';
import { type Answer, unrecorded } from './answer.ts';
import type { Context } from './context.ts';
import { isDueForReviews, reviewMissed } from './review/missed.ts';
import { surroundings } from './review/sources.ts';
import { Census } from './tick/census.ts';
import { inAnyOrder, type Run, tried, visitEach } from './tick/run.ts';
import { tickSources } from './tick/sources.ts';
import { tickWebApps } from './tick/webapps.ts';
import { isVisited } from './visit-due.ts';

/** Answers a tick: has every WebAppSource and WebApp visited that has something due, and says how many. */
export function onTick(context: Context, headers: IncomingHttpHeaders = {}): Promise<Answer> {
  const entry = { name: 'POST /tick', trigger: 'timer', headers } as const;
  return context.telemetry.enter(entry, async () => {
    const [answer] = await Promise.all([tick(context), context.pushgateway?.removeDead()]);
    return answer;
  });
}

async function tick(context: Context): Promise<Answer> {
  const start = performance.now();
  const signal = AbortSignal.timeout(context.config.timeoutMs);
  const { standalone } = context.config;
  if (standalone) return tickReviews(standalone.sources, context, signal);
  const cluster = context.cluster(signal);
  const now = context.clock.now();
  const run: Run = {
    context,
    cluster,
    signal,
    now,
    failed: [],
    unheard: [],
    census: new Census(now),
  };
  try {
    const isWhole = isVisited(WEBAPP, context);
    const [sources, webapps] = await whole([tickSources(run), isWhole ? tickWebApps(run) : 0]);
    // A tick for reviews alone has not seen all objects.
    if (isWhole && !signal.aborted)
      context.metrics.ticks.completed(context.clock.now(), run.census);
    await visitEach(
      run,
      inAnyOrder(run.unheard, run).map((object) => ({
        object,
        visit: () => tickMissed(object, run),
      })),
    );
    const failed = run.failed.length;
    const durationMs = Math.round(performance.now() - start);
    context.log.info({ durationMs, sources, webapps, failed }, 'Tick completed');
    return { status: 200, body: { sources, webapps, failed } };
  } catch (error) {
    return unrecorded(error, context.log);
  }
}

/**
 * Returns what both give, and throws the first error once both are over. They go at once: a Git server that hangs keeps
 * no WebApp from its turn.
 */
async function whole(parts: readonly [Promise<number>, Promise<number> | number]) {
  await Promise.allSettled(parts);
  return Promise.all(parts);
}

/** Without a cluster, lost webhooks of pull requests are all that a tick can make good. */
async function tickReviews(
  sources: readonly WebAppSource[],
  context: Context,
  signal: AbortSignal,
): Promise<Answer> {
  const start = performance.now();
  const now = context.clock.now();
  let reviews = 0;
  const failed: string[] = [];
  for (const source of sources) {
    if (signal.aborted) break;
    const isVisited = await tried({ failed, context }, source, () =>
      tickMissed(source, { context, signal, now }),
    );
    if (isVisited) reviews++;
  }
  if (!signal.aborted) context.metrics.ticks.completed(context.clock.now());
  const durationMs = Math.round(performance.now() - start);
  context.log.info({ durationMs, reviews, failed: failed.length }, 'Tick completed');
  return { status: 200, body: { sources: reviews, webapps: 0, failed: failed.length } };
}

async function tickMissed(
  source: WebAppSource,
  { context, signal, now }: Pick<Run, 'context' | 'signal' | 'now'>,
): Promise<boolean> {
  if (signal.aborted) return false;
  const { config } = context;
  const tick = { now, tickMs: config.tickMs };
  if (!config.serve.has('reviews') || !isDueForReviews(source, tick)) return false;
  const world = surroundings(context, signal);
  return (await reviewMissed(source, world, tick)) > 0;
}
