// A WebApp whose visits fail in a way that may pass.
import { ApiError } from '../../gitops/api-error.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { SERVICE } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import type { Stage } from './stage.ts';

/** The API server's answer when it is away; `details` may ask for a wait. */
export const away = (details = {}) =>
  new ApiError('PATCH /x', 503, { reason: 'ServiceUnavailable', message: 'try later', details });

/** A cluster that takes no Service. */
export const withoutServices = (cluster: Cluster, details = {}) =>
  withMethods(cluster, {
    apply: async (of, desired, options) => {
      if (of === SERVICE) throw away(details);
      return cluster.apply(of, desired, options);
    },
  });

/** Returns what is counted on the WebApp; an empty object where nothing is. */
export async function retryOf(it: Stage): Promise<{ failures?: number; nextAttemptAt?: string }> {
  return JSON.parse(annotation(await it.webapp(), ANNOTATION.retry) || '{}');
}
