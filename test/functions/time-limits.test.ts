// What hangs costs a visit its budget and no more: the failure is counted on the object, and the tick tries again.
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { readRetry } from '../../gitops/backoff.ts';
import { type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { type Entry, eventAbout, openEntry } from '../helpers/functions-entries.ts';
import { listen } from '../helpers/listen.ts';
import { askOfDeployments } from '../helpers/webhooks.ts';
import { conditionOf } from '../reconcile/stage.ts';

/** What is left of it after the part that may hang has to do on a machine that sleeps for a while. */
const REQUEST_TIMEOUT = '10s';

let cluster: TestCluster;
let entry: Entry;

test.before(async () => {
  cluster = await testCluster();
  entry = await openEntry('container', cluster.functions, { REQUEST_TIMEOUT });
});
test.after.always(() => entry?.[Symbol.asyncDispose]());

const failuresOf = (object: KubeObject) =>
  readRetry(object.metadata, annotation(object, ANNOTATION.retry), Date.now())?.failures;

const make = (of: Kind, object: KubeObject) =>
  cluster.admin.cluster.apply(of, object, { manager: 'kubectl', live: undefined });

test('a Git server that hangs leaves time to record it', async (t) => {
  using server = await listen(() => {});
  const key = { namespace: await freshNamespace(cluster), name: 'store' };
  const { apiVersion, kind } = WEBAPP_SOURCE;
  await make(WEBAPP_SOURCE, {
    apiVersion,
    kind,
    metadata: key,
    spec: { url: `${server.url}/store.git` },
  });
  const answer = await entry.send(eventAbout(kind, key));
  t.deepEqual([answer.status, answer.body], [202, { outcome: 'retry' }]);
  const source = await cluster.admin.cluster.get(WEBAPP_SOURCE, key);
  t.is(source && failuresOf(source), 1);
  t.is(source && conditionOf(source, 'Ready')?.reason, 'GitUnreachable');
});

test('an admission webhook that hangs leaves time to record it', async (t) => {
  const namespace = await freshNamespace(cluster);
  await using hanging = await hangingWebhook(namespace);
  const key = { namespace, name: 'shop' };
  await make(WEBAPP, webapp(namespace, 'shop'));
  const answer = await entry.send(eventAbout(WEBAPP.kind, key));
  t.deepEqual([answer.status, answer.body], [202, { outcome: 'retry' }]);
  t.true(hanging.asked() > 0);
  const live = await cluster.admin.cluster.get(WEBAPP, key);
  t.is(live && failuresOf(live), 1);
  t.is(live && conditionOf(live, 'Ready')?.status, 'False');
});

/** Has every Deployment of the namespace wait for a webhook that takes the question and never answers. */
async function hangingWebhook(namespace: string) {
  let asked = 0;
  const certificate = makeCertificate();
  const server = createServer(certificate, () => asked++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const caBundle = Buffer.from(certificate.cert).toString('base64');
  const webhook = await askOfDeployments(cluster, [namespace], { url, caBundle });
  return {
    asked: () => asked,
    [Symbol.asyncDispose]: async () => {
      await webhook[Symbol.asyncDispose]();
      server.close();
      server.closeAllConnections();
    },
  };
}
