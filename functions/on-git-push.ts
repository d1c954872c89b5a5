import { createHash } from 'node:crypto';
import { despiteConflicts } from '../gitops/attempts.ts';
import { type Cluster, pagesOf } from '../gitops/cluster.ts';
import { WEBAPP_SOURCE } from '../gitops/kinds.ts';
import type { KubeObject } from '../gitops/objects.ts';
import { ANNOTATION, annotation, type WebAppSource } from '../gitops/webapp.ts';
import { type Answer, unrecorded } from './answer.ts';
import type { Context } from './context.ts';
import { type Delivery, FORGES, type Forge, type Json, normalizeUrl, type Push } from './forges.ts';

/** Git servers give up after 10 s. */
const TIMEOUT_MS = 8_000;

/**
 * Answers a push webhook: stamps the WebAppSources that follow the pushed branch, whose change event brings the
 * sync. The forge is told by the path, never by the headers, and nothing is read before the signature holds.
 */
export async function onGitPush(
  forgeName: string,
  delivery: Delivery,
  context: Context,
): Promise<Answer> {
  const forge = Object.hasOwn(FORGES, forgeName) ? FORGES[forgeName] : undefined;
  if (forge === undefined) {
    return {
      status: 404,
      body: { error: `no such forge; use one of ${Object.keys(FORGES).join(', ')}` },
    };
  }
  const { webhookSecrets } = context.config;
  const signed = webhookSecrets.some((secret) =>
    forge.isSigned(delivery, secret, context.clock.now()),
  );
  if (!signed) return { status: 401, body: { error: 'the signature does not fit the secret' } };
  const push = readPush(forge, delivery);
  if (push === 'malformed')
    return { status: 400, body: { error: 'the body is not a JSON object' } };
  if (push === undefined) return { status: 202, body: { ignored: 'not a push to a branch' } };
  try {
    const cluster = context.cluster(AbortSignal.timeout(TIMEOUT_MS));
    const stamped = await stampSources(push, deliveryId(forge, delivery), cluster);
    context.log.info({ forge: forgeName, ...push, stamped }, 'Push received');
    return { status: 202, body: { stamped } };
  } catch (error) {
    return unrecorded(error, context.log.child({ forge: forgeName }));
  }
}

function readPush(forge: Forge, { headers, body }: Delivery): Push | 'malformed' | undefined {
  let json: Json;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return 'malformed';
  }
  if (typeof json !== 'object' || json === null) return 'malformed';
  const push = forge.pushIn(headers, json);
  return push && push.branches.length > 0 ? push : undefined;
}

/** Equal for a delivery that is repeated, so that the second stamp changes nothing. */
function deliveryId({ deliveryHeader }: Forge, { headers, body }: Delivery): string {
  const id = String(headers[deliveryHeader] ?? '');
  return /^[\w{}.:-]{1,128}$/.test(id) ? id : createHash('sha256').update(body).digest('hex');
}

async function stampSources(
  { urls, branches }: Push,
  id: string,
  cluster: Cluster,
): Promise<string[]> {
  const pushed = new Set(urls.map(normalizeUrl));
  const stamped: string[] = [];
  for await (const { items } of pagesOf(cluster, WEBAPP_SOURCE)) {
    const following = (items as readonly WebAppSource[]).filter(
      ({ spec }) => pushed.has(normalizeUrl(spec.url)) && branches.includes(spec.branch),
    );
    for (const source of following) await stamp(source, id, cluster);
    stamped.push(...following.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  }
  return stamped;
}

async function stamp(source: KubeObject, id: string, cluster: Cluster): Promise<void> {
  const { namespace = '', name } = source.metadata;
  const fields = { metadata: { annotations: { [ANNOTATION.requestedAt]: id } } };
  await despiteConflicts(async (conflicts) => {
    const live = conflicts === 0 ? source : await cluster.get(WEBAPP_SOURCE, { namespace, name });
    if (live === undefined || annotation(live, ANNOTATION.requestedAt) === id) return;
    await cluster.patch(WEBAPP_SOURCE, live, { type: 'merge', fields });
  });
}
