import type { KubeConfig } from '@kubernetes/client-node';
import type { Cluster } from '../../gitops/cluster.ts';
import { Api } from '../../gitops/io/api.ts';
import { ApiCluster } from '../../gitops/io/cluster.ts';
import { Connector } from '../../gitops/io/connection.ts';
import { driftOf, type Live } from '../../gitops/review/drift.ts';
import type { ScopeReview } from '../../gitops/review/review.ts';

/** How long a cluster may take to show what it holds, in milliseconds; no verdict waits for it longer. */
export const LIVE_MS = 5_000;

/** Returns what the cluster holds beside some reviews; one that is away spoils none of them. */
export async function liveOf(reviews: readonly ScopeReview[], cluster: Cluster): Promise<Live> {
  try {
    const webapps = reviews.flatMap(({ before }) => before);
    return { kind: 'seen', drift: await driftOf(webapps, cluster) };
  } catch {
    return { kind: 'unseen', reason: UNSEEN };
  }
}

/** Errors name addresses and accounts of a cluster, and a report is read by anybody. */
const UNSEEN = 'the cluster did not show it';

/** The same for a command, which has its own way to the cluster. */
export async function liveBy(
  reviews: readonly ScopeReview[],
  kubeConfig: KubeConfig,
): Promise<Live> {
  const connector = new Connector(kubeConfig);
  try {
    const api = new Api(connector).until(AbortSignal.timeout(LIVE_MS));
    return await liveOf(reviews, new ApiCluster(api));
  } finally {
    await connector.close();
  }
}
