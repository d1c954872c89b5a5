// What a tick sees of all objects: numbers that no single visit knows. It is as the tick listed them, before its visits.
import { conditionOf } from '../../gitops/conditions.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import type { WebApp, WebAppSource } from '../../gitops/webapp.ts';

/** pending is a rollout, a retry, or an object that nobody has visited. */
export const OBJECT_STATES = ['ready', 'pending', 'stalled', 'suspended'] as const;
export type ObjectState = (typeof OBJECT_STATES)[number];

/** A WebAppSource that is followed, and since how many seconds the cluster is not as its branch says; 0 where it is. */
export interface FollowedSource {
  readonly key: ObjectKey;
  readonly outOfSyncSeconds: number;
}

/** What one tick has listed so far. */
export class Census {
  readonly webapps = noObjects();
  readonly sources = noObjects();
  readonly followed: FollowedSource[] = [];
  readonly #now: number;

  /** `now` is in milliseconds since the epoch. */
  constructor(now: number) {
    this.#now = now;
  }

  addWebApp(webapp: WebApp): void {
    this.webapps[stateOf(webapp)]++;
  }

  addSource(source: WebAppSource): void {
    this.sources[stateOf(source)]++;
    if (source.spec.suspend) return;
    const { namespace = '', name } = source.metadata;
    this.followed.push({
      key: { namespace, name },
      outOfSyncSeconds: outOfSyncSeconds(source, this.#now),
    });
  }
}

function noObjects(): Record<ObjectState, number> {
  return { ready: 0, pending: 0, stalled: 0, suspended: 0 };
}

function stateOf({ spec, status: { conditions } }: WebApp | WebAppSource): ObjectState {
  if (spec.suspend) return 'suspended';
  if (conditionOf(conditions, 'Stalled')?.status === 'True') return 'stalled';
  return conditionOf(conditions, 'Ready')?.status === 'True' ? 'ready' : 'pending';
}

/** Ready keeps its time while it stays False, through all retries; one that was never visited waits since it was made. */
function outOfSyncSeconds({ metadata, status }: WebAppSource, now: number): number {
  const ready = conditionOf(status.conditions, 'Ready');
  if (ready?.status === 'True') return 0;
  const since = Date.parse(ready?.lastTransitionTime ?? metadata.creationTimestamp ?? '');
  return Math.max(0, (now - since) / 1_000) || 0;
}
