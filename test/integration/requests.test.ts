// What the product costs the API server, counted in its audit log. The bounds are the design's targets.
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { DEPLOYMENT, WEBAPP } from '../../gitops/kinds.ts';
import { eventually } from '../cluster/eventually.ts';
import { type AuditedRequest, requestsOfFunctions, tally } from '../helpers/audit.ts';
import { isReady, manifest, type Product, startProduct } from './product.ts';

const QUIET_MS = 4_000;
/** A busy machine may need several visits for a thousand writes. */
const FIRST_SYNC_MS = 300_000;
/** What a tick asks is its own, and would be counted with the change. */
const NO_TICK = { TICK_INTERVAL: '1h' };

/** Runs a change and returns what the functions asked in the namespace until they had been quiet for a while. */
async function requestsOf(
  { cluster, namespace }: Product,
  change: () => Promise<unknown>,
): Promise<AuditedRequest[]> {
  const before = (await requestsOfFunctions(cluster.auditLog)).length;
  await change();
  for (let seen = -1; ; ) {
    const now = await requestsOfFunctions(cluster.auditLog);
    if (now.length === seen) {
      // The list for a webhook is of all namespaces; the tick's lists are not the change's.
      return now.slice(before).filter((request) => request.namespace === namespace);
    }
    seen = now.length;
    await sleep(QUIET_MS);
  }
}

const reads = (requests: readonly AuditedRequest[]) =>
  requests.filter(({ what }) => /^(get|list) /.test(what));
const writes = (requests: readonly AuditedRequest[]) =>
  requests.filter(({ what }) => !/^(get|list) /.test(what));

function told(t: ExecutionContext, what: string, requests: readonly AuditedRequest[]): void {
  t.log(
    `${what}: ${reads(requests).length} reads, ${writes(requests).length} writes`,
    tally(requests),
  );
}

const ready = (product: Product, name: string) =>
  eventually(`${name} Ready`, async () => {
    const webapp = await product.get(WEBAPP, name);
    return webapp && isReady(webapp as Parameters<typeof isReady>[0]);
  });

/** On a busy machine the changes of one Deployment come far apart, and more events tell of them. */
const TRIES = 5;
const MOST_READS = 6;

test.serial('a new WebApp: one write for each child, at most three reads for each', async (t) => {
  t.timeout(180_000);
  const product = await startProduct(t, { 'apps/README.md': '' }, NO_TICK);
  await product.settled(product.repository.first);
  await requestsOf(product, async () => {});
  let fewest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIES && fewest > MOST_READS; i++) {
    const requests = await requestsOf(product, () => create(product, `new-${i}`));
    told(t, 'new WebApp until Ready', requests);
    t.is(tally(requests)['patch deployments'], 1);
    t.is(tally(requests)['patch services'], 1);
    t.true((tally(requests)['patch webapps/status'] ?? 0) <= 3, 'asked for, there, ready');
    fewest = Math.min(fewest, reads(requests).length);
  }
  t.true(fewest <= MOST_READS, 'at most 3 reads for each of the 2 children');
});

async function create(product: Product, name: string): Promise<void> {
  const { cluster, namespace } = product;
  const { apiVersion, kind } = WEBAPP;
  const spec = { image: 'nginx:1.27', replicas: 1 };
  await cluster.admin.cluster.create(WEBAPP, {
    apiVersion,
    kind,
    metadata: { name, namespace },
    spec,
  });
  await ready(product, name);
}

test.serial('an event about nothing new: no write, at most one read', async (t) => {
  t.timeout(180_000);
  const product = await startProduct(
    t,
    {
      'apps/still.yaml': manifest('still', { image: 'nginx:1.27' }),
    },
    NO_TICK,
  );
  await product.settled(product.repository.first);
  await requestsOf(product, async () => {});
  const { cluster, parts, namespace } = product;
  const post = (kind: string, apiVersion: string) => () =>
    fetch(`${parts.functions.told}/events`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer event-token-of-the-tests',
        'content-type': 'application/json',
        'ce-specversion': '1.0',
        'ce-id': crypto.randomUUID(),
        'ce-type': 'dev.knative.apiserver.ref.update',
        'ce-source': cluster.server,
        'ce-kind': kind,
        'ce-apiversion': apiVersion,
        'ce-name': kind === 'WebAppSource' ? 'fleet' : 'still',
        'ce-namespace': namespace,
      },
      body: '{}',
    });
  const kinds = [
    ['WebApp', 'example.com/v1'],
    ['WebAppSource', 'example.com/v1'],
    ['Deployment', 'apps/v1'],
    ['Service', 'v1'],
  ] as const;
  for (const [kind, apiVersion] of kinds) {
    const requests = await requestsOf(product, post(kind, apiVersion));
    told(t, `repeated event about the ${kind}`, requests);
    t.is(writes(requests).length, 0, kind);
    t.is(reads(requests).length, 1, kind);
  }
  const stranger = await requestsOf(product, async () => {
    const live = await product.get(DEPLOYMENT, 'still');
    const fields = { metadata: { annotations: { 'example.org/note': 'a stranger was here' } } };
    if (live) await cluster.admin.cluster.patch(DEPLOYMENT, live, { type: 'merge', fields });
  });
  told(t, "a stranger's annotation on the Deployment", stranger);
  t.is(writes(stranger).length, 0);
});

test.serial('a push that changes one of 1,000 files costs no more than one of a few', async (t) => {
  t.timeout(600_000);
  const files = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, i) => [
      `apps/app-${i}.yaml`,
      manifest(`app-${i}`, { image: 'nginx:1.27', replicas: 0 }),
    ]),
  );
  const product = await startProduct(t, files, NO_TICK);
  const start = performance.now();
  const applied = async () => {
    const { status } = await product.source();
    return status.lastAppliedRevision === `main@sha1:${product.repository.first}`;
  };
  await eventually('all 1,000 applied', applied, FIRST_SYNC_MS);
  t.log(`first sync of 1,000: ${Math.round(performance.now() - start)} ms`);
  for (let ready = 0; ready < 1_000; ) {
    const { items } = await product.cluster.admin.cluster.list(WEBAPP, {
      namespace: product.namespace,
    });
    ready = items.filter((item) => isReady(item as Parameters<typeof isReady>[0])).length;
    await sleep(2_000);
  }
  t.log(`1,000 Ready: ${Math.round(performance.now() - start)} ms`);
  await requestsOf(product, async () => {});
  const requests = await requestsOf(product, async () => {
    const commit = await product.repository.clone.push({
      'apps/app-7.yaml': manifest('app-7', { image: 'nginx:1.29', replicas: 0 }),
    });
    await product.settled(commit);
  });
  told(t, 'push of 1 of 1,000', requests);
  const sync = requests.filter(
    ({ what }) => !/deployments|services|ingresses|autoscalers|webapps\/status/.test(what),
  );
  told(
    t,
    'of these the sync',
    sync.filter(({ what }) => !/get webapps/.test(what)),
  );
  t.is(tally(requests)['patch webapps'], 1);
  t.true((tally(requests)['get webappsources'] ?? 0) <= 3);
  t.true(requests.length <= 25, 'nothing grows with the number of files');
});
