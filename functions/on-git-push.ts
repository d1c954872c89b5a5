import pLimit from 'p-limit';
import { despiteConflicts } from '../gitops/attempts.ts';
import { type Cluster, pagesOf } from '../gitops/cluster.ts';
import { WEBAPP_SOURCE } from '../gitops/kinds.ts';
import type { KubeObject } from '../gitops/objects.ts';
import { tracingAnnotations } from '../gitops/trace-origin.ts';
import { ANNOTATION, annotation, type WebAppSource } from '../gitops/webapp.ts';
import { type Answer, unrecorded } from './answer.ts';
import type { Context } from './context.ts';
import { type Push, sameRepository, type Within } from './forge/webhooks.ts';

/** Git servers give up after 10 s. */
const TIMEOUT_MS = 8_000;
const ONE_WRITE_MS = 4_000;
const PARALLEL_WRITES = 16;

/** Stamps the WebAppSources that follow the pushed branch; their change event brings the sync. */
export async function onGitPush(
  push: Push & Within,
  id: string,
  context: Context,
): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const clusterFor = (ms: number) =>
      context.cluster(AbortSignal.any([signal, AbortSignal.timeout(ms)]));
    const traceparent = context.telemetry.traceparent();
    const stamped = await stampSources(push, { id, traceparent }, clusterFor);
    context.log.info({ ...push, stamped }, 'Push received');
    return { status: 202, body: { stamped } };
  } catch (error) {
    return unrecorded(error, context.log);
  }
}

/** Equal for a delivery that is repeated; and the trace it is in, if in any. */
interface Stamp {
  readonly id: string;
  readonly traceparent: string | undefined;
}

/** Returns the cluster for what may take so many milliseconds, and no longer than the whole answer. */
type ClusterFor = (ms: number) => Cluster;

async function stampSources(
  { urls, branches, namespace }: Push & Within,
  mark: Stamp,
  clusterFor: ClusterFor,
): Promise<string[]> {
  const isPushed = sameRepository(urls);
  const where = namespace === undefined ? {} : { namespace };
  const stamped: string[] = [];
  const failed: unknown[] = [];
  for await (const { items } of pagesOf(clusterFor(TIMEOUT_MS), WEBAPP_SOURCE, where)) {
    const following = (items as readonly WebAppSource[]).filter(
      ({ spec }) => isPushed(spec.url) && branches.includes(spec.branch),
    );
    failed.push(...(await stampAll(following, mark, clusterFor)));
    stamped.push(...following.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  }
  if (failed.length > 0) throw failed[0];
  return stamped;
}

/** Returns what failed: one namespace's admission that refuses or hangs keeps no other's source from its stamp. */
async function stampAll(
  sources: readonly WebAppSource[],
  mark: Stamp,
  clusterFor: ClusterFor,
): Promise<unknown[]> {
  const limit = pLimit(PARALLEL_WRITES);
  const all = sources.map((source) => limit(() => stamp(source, mark, clusterFor(ONE_WRITE_MS))));
  const ends = await Promise.allSettled(all);
  return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
}

async function stamp(
  source: KubeObject,
  { id, traceparent }: Stamp,
  cluster: Cluster,
): Promise<void> {
  const { namespace = '', name } = source.metadata;
  await despiteConflicts(async (conflicts) => {
    const live = conflicts === 0 ? source : await cluster.get(WEBAPP_SOURCE, { namespace, name });
    if (live === undefined || annotation(live, ANNOTATION.requestedAt) === id) return;
    const annotations = {
      [ANNOTATION.requestedAt]: id,
      ...tracingAnnotations(live, traceparent),
    };
    await cluster.patch(WEBAPP_SOURCE, live, {
      type: 'merge',
      fields: { metadata: { annotations } },
    });
  });
}
