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
const PARALLEL_WRITES = 8;

/** Stamps the WebAppSources that follow the pushed branch; their change event brings the sync. */
export async function onGitPush(
  push: Push & Within,
  id: string,
  context: Context,
): Promise<Answer> {
  try {
    const cluster = context.cluster(AbortSignal.timeout(TIMEOUT_MS));
    const traceparent = context.telemetry.traceparent();
    const stamped = await stampSources(push, { id, traceparent }, cluster);
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

async function stampSources(
  { urls, branches, namespace }: Push & Within,
  mark: Stamp,
  cluster: Cluster,
): Promise<string[]> {
  const isPushed = sameRepository(urls);
  const where = namespace === undefined ? {} : { namespace };
  const stamped: string[] = [];
  for await (const { items } of pagesOf(cluster, WEBAPP_SOURCE, where)) {
    const following = (items as readonly WebAppSource[]).filter(
      ({ spec }) => isPushed(spec.url) && branches.includes(spec.branch),
    );
    await stampAll(following, mark, cluster);
    stamped.push(...following.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  }
  return stamped;
}

/** One namespace's admission that hangs or refuses keeps no other's source from its stamp. Throws the first error in the end. */
async function stampAll(
  sources: readonly WebAppSource[],
  mark: Stamp,
  cluster: Cluster,
): Promise<void> {
  const limit = pLimit(PARALLEL_WRITES);
  const all = sources.map((source) => limit(() => stamp(source, mark, cluster)));
  for (const end of await Promise.allSettled(all)) if (end.status === 'rejected') throw end.reason;
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
