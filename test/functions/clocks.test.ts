// Instances whose clocks differ, on one WebApp that fails: as many attempts as of one instance.
import test from 'ava';
import { request } from 'undici';
import { readRetry } from '../../gitops/backoff.ts';
import { DEPLOYMENT, WEBAPP } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { SERVICE_ACCOUNTS } from '../../infra/install.ts';
import { webapp } from '../cluster/objects.ts';
import { WEBHOOKS } from '../helpers/admission-server.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { eventAbout } from '../helpers/functions-entries.ts';
import { environmentOf, Instance } from '../helpers/functions-instance.ts';

const ROUNDS = 20;

/** Node's clock, so many milliseconds off. */
const shifted = (ms: number) =>
  `--import=data:text/javascript,const{now}=Date;Date.now=()=>now()+${ms}`;

/** Has every write of a Deployment in the namespace fail, as nobody answers for it. */
function failingWebhook(namespace: string) {
  const { apiVersion, kind } = WEBHOOKS;
  const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['*'] };
  const webhook = {
    ...{ name: 'away.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None' },
    clientConfig: { url: 'https://127.0.0.1:9/' },
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    rules: [{ ...rule, resources: [DEPLOYMENT.plural] }],
  };
  return { apiVersion, kind, metadata: { name: `away-${namespace}` }, webhooks: [webhook] };
}

async function startAll(cluster: TestCluster, clocks: readonly number[]): Promise<Instance[]> {
  const env = {
    ...(await environmentOf(cluster, SERVICE_ACCOUNTS.functions)),
    FUNCTIONS: 'webapps',
  };
  return Promise.all(
    clocks.map((ms) => Instance.start({ ...env, ...(ms !== 0 && { NODE_OPTIONS: shifted(ms) }) })),
  );
}

test('clocks ten minutes ahead and behind make nobody try before the time', async (t) => {
  const cluster = await testCluster();
  const namespace = await freshNamespace(cluster);
  const key = { namespace, name: 'shop' };
  const { admin } = cluster;
  const configuration = await admin.cluster.create(WEBHOOKS, failingWebhook(namespace));
  t.teardown(() => admin.cluster.delete(WEBHOOKS, configuration));
  const instances = await startAll(cluster, [600_000, 0, -600_000]);
  t.teardown(() => Promise.all(instances.map((one) => one.end('SIGKILL'))));
  await admin.cluster.create(WEBAPP, webapp(namespace, key.name));
  const begun = Date.now();
  const { path, headers = {}, body = null } = eventAbout(WEBAPP.kind, key);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { url } of instances) {
      const answer = await request(url + path, { method: 'POST', headers, body });
      t.true(answer.statusCode < 300, await answer.body.text());
    }
  }
  const seconds = (Date.now() - begun) / 1_000;
  const live = await admin.cluster.get(WEBAPP, key);
  const text = live && annotation(live, ANNOTATION.retry);
  const retry = live && readRetry(live.metadata, text ?? '', Date.now());
  const failures = retry?.failures ?? 0;
  t.log(`${failures} attempts in ${seconds.toFixed(1)} s by ${instances.length} instances`);
  // At once, and after 1, 2, 4 ... s.
  t.true(failures >= 1 && failures <= 1 + Math.floor(Math.log2(seconds + 1)), `${failures}`);
  // The next one is not put off by what a clock is ahead.
  const waitMs = (retry?.nextAttemptAt ?? 0) - Date.now();
  t.true(waitMs < 60_000, `${waitMs} ms`);
});
