import type { Condition, KubeObject } from '../../gitops/objects.ts';

/**
 * Returns a text that changes when an object changes in a way that a reconciler may have to act on. What the
 * functions write themselves (status, field managers) is left out, so that no event tells them of their own work.
 */
export function fingerprint(object: KubeObject): string {
  const { labels, ownerReferences, deletionTimestamp, generation, annotations } = object.metadata;
  const ofInterest = object.apiVersion.startsWith('example.com/')
    ? [generation, annotations]
    : [object.spec, rollout(object)];
  return JSON.stringify([labels, ownerReferences, deletionTimestamp, ...ofInterest]);
}

interface Rollout {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
}

/** The counts and conditions of a Deployment, without the times and numbers in them that change with every write. */
function rollout({ kind, metadata, status = {} }: KubeObject): unknown {
  if (kind !== 'Deployment') return undefined;
  const { conditions = [], observedGeneration = 0, ...counts } = status as Rollout;
  const seen = observedGeneration >= (metadata.generation ?? 0);
  return [seen, counts, conditions.map(({ type, status, reason }) => [type, status, reason])];
}
