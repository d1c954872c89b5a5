// How the children are once a visit has done its writes, as the status says it.
import equal from 'fast-deep-equal';
import { type Clock, clearFailures } from '../attempts.ts';
import type { Cluster } from '../cluster.ts';
import { DEPLOYMENT, WEBAPP } from '../kinds.ts';
import type { PolicyRecord } from '../policy/gate.ts';
import type { WebAppStatus } from '../webapp.gen.ts';
import type { WebApp } from '../webapp.ts';
import { healthOf, isSeen } from './health.ts';
import { type Children, leavingOf } from './plan.ts';
import { statusOfHealth, statusOfWaiting, timeToReady } from './status.ts';
import { isObserved } from './visit.ts';

interface Written {
  /** The children as they are after the writes. */
  readonly children: Children;
  /** Whether there was anything to write. */
  readonly isChanged: boolean;
  readonly policy: PolicyRecord | undefined;
}

/**
 * Records how the children are and returns the milliseconds from the WebApp's creation to being Ready, where this is the
 * first status to say so.
 */
export async function recordHealth(
  webapp: WebApp,
  { children, isChanged, policy }: Written,
  { cluster, clock }: { readonly cluster: Cluster; readonly clock: Clock },
): Promise<number | undefined> {
  const deployment = children.get(DEPLOYMENT.kind);
  const leaving = leavingOf(webapp, children);
  // A change by somebody else that nobody has seen may mean nothing: the event of its being seen tells.
  const isNews = isChanged || leaving.length > 0 || !isObserved(webapp);
  if (!deployment || !(isNews || isSeen(deployment))) return undefined;
  const free = await clearFailures(WEBAPP, webapp, cluster);
  const health = healthOf(deployment);
  const status =
    leaving.length > 0
      ? statusOfWaiting(free, { health, leaving }, clock.now())
      : statusOfHealth(free, health, clock.now());
  await recordStatus(free, policy ? { ...status, policy } : status, { cluster });
  return timeToReady(webapp, status);
}

/** Writes a status where it says something new. */
export async function recordStatus(
  webapp: WebApp,
  status: WebAppStatus,
  { cluster }: { readonly cluster: Cluster },
): Promise<void> {
  if (!equal(status, webapp.status)) await cluster.applyStatus(WEBAPP, webapp, status);
}
