import { messageOf } from '../gitops/errors.ts';
import { WEBAPP, WEBAPP_SOURCE } from '../gitops/kinds.ts';
import type { Context } from './context.ts';

/** Whether requests can be served, and why not. */
export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: string };

/** Says what else keeps the process from serving, at a time in milliseconds since the epoch. */
export type Obstacle = (now: number) => string | undefined;

const CACHE_MS = 1_000;
const TIMEOUT_MS = 5_000;

/**
 * Returns a check that tries the API as the functions do, by listing one WebApp, or one WebAppSource where only webhooks
 * are served; its result holds for a second. Without a cluster there is nothing to try.
 */
export function createReadiness(
  context: Context,
  obstacle: Obstacle = () => undefined,
): () => Promise<Readiness> {
  let last: { until: number; result: Promise<Readiness> } | undefined;
  return async () => {
    const reason = obstacle(context.clock.now());
    if (reason !== undefined) return { ready: false, reason };
    // By a clock that no answer of the API server moves.
    const now = performance.now();
    if (last === undefined || last.until <= now) {
      last = { until: now + CACHE_MS, result: check(context) };
    }
    return last.result;
  };
}

/** Whoever answers nothing but webhooks has no right to read every WebApp. */
const READ_WEBAPPS = ['webapps', 'sources', 'tick', 'admission'] as const;

async function check({ config, cluster }: Context): Promise<Readiness> {
  if (config.standalone) return { ready: true };
  const of = READ_WEBAPPS.some((name) => config.serve.has(name)) ? WEBAPP : WEBAPP_SOURCE;
  try {
    await cluster(AbortSignal.timeout(TIMEOUT_MS)).list(of, { limit: 1 });
    return { ready: true };
  } catch (error) {
    return { ready: false, reason: `cannot list ${of.kind}s: ${messageOf(error)}` };
  }
}
