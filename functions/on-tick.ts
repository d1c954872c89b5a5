// The guarantee behind the events: whatever was lost, a tick finds. Two ticks at once do no harm, as each visit
// decides by what is live.
import type { IncomingHttpHeaders } from 'node:http';
import pLimit from 'p-limit';
import { isBackingOff } from '../gitops/attempts.ts';
import { type Cluster, pagesOf } from '../gitops/cluster.ts';
import { conditionOf } from '../gitops/conditions.ts';
import { durationMs, isDue } from '../gitops/due.ts';
import { messageOf } from '../gitops/errors.ts';
import { WEBAPP, WEBAPP_SOURCE } from '../gitops/kinds.ts';
import type { KubeObject } from '../gitops/objects.ts';
import { isSourceObserved } from '../gitops/sync/sync.ts';
import type { WebApp, WebAppSource } from '../gitops/webapp.ts';
import { type Answer, unrecorded } from './answer.ts';
import { Census } from './census.ts';
import type { Check } from './cloud-event.ts';
import type { Context } from './context.ts';
import { dueReason } from './due-reason.ts';
import { type DueWebApp, dueWebApp } from './due-webapp.ts';
import { hasMoved } from './look-at-branch.ts';
import { hasEndings, tellEndings } from './review/endings.ts';
import { isDueForReviews, reviewMissed } from './review/missed.ts';
import { surroundings } from './review/sources.ts';
import { handOut, isVisited } from './visit-due.ts';

const PARALLEL_VISITS = 8;

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
    limit: pLimit(PARALLEL_VISITS),
    failed: [],
    unheard: [],
    census: new Census(now),
  };
  try {
    const sources = await tickSources(run);
    const isWhole = isVisited(WEBAPP, context);
    const webapps = isWhole ? await tickWebApps(run) : 0;
    // A tick for reviews alone has not seen all objects.
    if (isWhole && !signal.aborted)
      context.metrics.ticks.completed(context.clock.now(), run.census);
    await run.limit.map(run.unheard, (source) => tried(run, source, () => tickMissed(source, run)));
    const failed = run.failed.length;
    const durationMs = Math.round(performance.now() - start);
    context.log.info({ durationMs, sources, webapps, failed }, 'Tick completed');
    return { status: 200, body: { sources, webapps, failed } };
  } catch (error) {
    return unrecorded(error, context.log);
  }
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

interface Run {
  readonly context: Context;
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
  /** When the tick began, for all of its objects: the moments of one that was met late would be another tick's, too. */
  readonly now: number;
  readonly limit: ReturnType<typeof pLimit>;
  readonly failed: string[];
  /** Sources that look for pull requests that nobody told of; last, as that may take long. */
  readonly unheard: WebAppSource[];
  readonly census: Census;
}

/** Something to be visited. */
interface Todo {
  readonly object: KubeObject;
  /** Returns whether there was anything due. */
  readonly visit: () => Promise<boolean>;
}

/** Returns how many were visited. When the tick's time is over none is begun: the next tick goes on. */
async function visitEach(run: Run, todo: readonly Todo[]): Promise<number> {
  let visited = 0;
  await run.limit.map(todo, async ({ object, visit }) => {
    if (!run.signal.aborted && (await tried(run, object, visit))) visited++;
  });
  return visited;
}

/** One that fails holds up no other. */
async function tried(
  { failed, context }: Pick<Run, 'failed' | 'context'>,
  object: KubeObject,
  visit: Todo['visit'],
): Promise<boolean> {
  try {
    return await visit();
  } catch (error) {
    const { kind } = object;
    const { namespace, name } = object.metadata;
    failed.push(name);
    context.metrics.ticks.failed(kind === WEBAPP.kind ? WEBAPP : WEBAPP_SOURCE);
    context.log.warn({ kind, namespace, name, error: messageOf(error) }, 'Tick could not visit');
    return false;
  }
}

async function tickSources(run: Run): Promise<number> {
  let visited = 0;
  for await (const { items } of pagesOf(run.cluster, WEBAPP_SOURCE)) {
    const visit = (object: KubeObject) => tickSource(run, object as WebAppSource);
    visited += await visitEach(
      run,
      items.map((object) => ({ object, visit: () => visit(object) })),
    );
    if (run.signal.aborted) break;
  }
  return visited;
}

async function tickSource(run: Run, source: WebAppSource): Promise<boolean> {
  const { context, now } = run;
  const { metadata, spec, status } = source;
  run.census.addSource(source);
  await tellMerges(run, source);
  if (!isVisited(WEBAPP_SOURCE, context)) return false;
  if (spec.suspend || isBackingOff(source, status.lastHandledReconcileAt, now)) return false;
  const check = await checkOf(run, source);
  if (check === undefined && isSourceObserved(source)) return false;
  const found = check === 'all' ? 'drift' : 'moved';
  const reason = dueReason(source, isSourceObserved(source), found);
  // Whoever looks at the branch counts what has moved.
  if (check !== 'moved') context.metrics.visits.due(WEBAPP_SOURCE, reason);
  const key = { namespace: metadata.namespace ?? '', name: metadata.name };
  await handOut({ of: WEBAPP_SOURCE, key, check }, context);
  return true;
}

async function tellMerges(run: Run, source: WebAppSource): Promise<void> {
  if (!run.context.config.serve.has('reviews')) return;
  run.unheard.push(source);
  // A forge that is away must not keep a source from being applied.
  if (hasEndings(source)) await tried(run, source, () => tellEndings(source, run));
}

async function checkOf(run: Run, source: WebAppSource): Promise<Check | undefined> {
  const { driftMs, tickMs } = run.context.config;
  const { uid = '' } = source.metadata;
  if (isCutOff(source)) return 'changed';
  const window = { now: run.now, tickMs };
  if (isDue(uid, driftMs, window)) return 'all';
  // One that waits for a sync anyway needs no look, and a Git server that is away must not keep it from saying so.
  if (!isSourceObserved(source)) return undefined;
  if (!isDue(uid, durationMs(source.spec.interval), window)) return undefined;
  // With a sink the tick needs no right to Secrets and no way to the Git server: whoever syncs has them.
  if (run.context.sink) return 'moved';
  return (await hasMoved(source, run)) ? 'changed' : undefined;
}

/** The last sync was killed, or is under way: another one does that no harm. One that stalled waits for a change. */
function isCutOff({ status }: WebAppSource): boolean {
  const isStalled = conditionOf(status.conditions, 'Stalled')?.status === 'True';
  return status.applyingRevision !== undefined && !isStalled;
}

/** Lists all before it visits any, so that those the list begins with keep no other from its turn. */
async function tickWebApps(run: Run): Promise<number> {
  const due: DueWebApp[] = [];
  try {
    for await (const { items } of pagesOf(run.cluster, WEBAPP)) {
      for (const object of items)
        await tried(run, object, () => noteWebApp(run, object as WebApp, due));
    }
  } catch (error) {
    // Of a list that ends in the middle, what was seen is visited all the same.
    await visitInTurn(run, due);
    throw error;
  }
  return visitInTurn(run, due);
}

async function noteWebApp(run: Run, webapp: WebApp, due: DueWebApp[]): Promise<boolean> {
  const { driftMs, tickMs } = run.context.config;
  run.census.addWebApp(webapp);
  const found = dueWebApp(webapp, { now: run.now, driftMs, tickMs });
  // Dice among equals, or what hangs and cannot even be counted would come first each time.
  if (found) due.push({ ...found, turn: found.turn + run.context.clock.random() });
  return found !== undefined;
}

function visitInTurn(run: Run, due: DueWebApp[]): Promise<number> {
  due.sort((a, b) => a.turn - b.turn);
  const todo = due.map((one) => ({ object: one.webapp, visit: () => visitWebApp(one, run) }));
  return visitEach(run, todo);
}

async function visitWebApp({ webapp, reason }: DueWebApp, { context }: Run): Promise<boolean> {
  const { namespace = '', name } = webapp.metadata;
  context.metrics.visits.due(WEBAPP, reason);
  await handOut({ of: WEBAPP, key: { namespace, name } }, context);
  return true;
}
