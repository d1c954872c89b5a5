import equal from 'fast-deep-equal';
import { isConflict } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import { WEBAPP_SOURCE } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import type { WebAppSourceStatus } from '../webapp.gen.ts';
import type { WebAppSource } from '../webapp.ts';

/**
 * Writes the status on condition that nobody else wrote one, and returns the source as the cluster has it then. A push
 * that stamped the source meanwhile is no reason to do all the work again: the stamp stays unanswered and brings the
 * next visit.
 */
export async function recordSource(
  source: WebAppSource,
  status: WebAppSourceStatus,
  cluster: Cluster,
): Promise<KubeObject> {
  try {
    return await cluster.applyStatus(WEBAPP_SOURCE, source, status);
  } catch (error) {
    const { namespace = '', name, uid } = source.metadata;
    const fresh = isConflict(error) && (await cluster.get(WEBAPP_SOURCE, { namespace, name }));
    if (!fresh || fresh.metadata.uid !== uid || !equal(fresh.status, source.status)) throw error;
    return cluster.applyStatus(WEBAPP_SOURCE, fresh, status);
  }
}
