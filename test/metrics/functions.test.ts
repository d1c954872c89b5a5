// The functions with a real cluster and a real Pushgateway: pushed before a Lambda answers, tidied by the tick.
import { readFile } from 'node:fs/promises';
import { KubeConfig } from '@kubernetes/client-node';
import test from 'ava';
import { request } from 'undici';
import { WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { kubeconfigText } from '../../infra/control-plane/kubeconfig.ts';
import { freePort } from '../../infra/free-port.ts';
import { startPushgateway } from '../../infra/pushgateway/start.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { eventAbout, openEntry, TOKEN } from '../helpers/functions-entries.ts';
import { forward, listen, reply } from '../helpers/listen.ts';
import { exposedBy, sum } from './exposed.ts';

const TICK = { path: '/tick', headers: { authorization: `Bearer ${TOKEN}` } };

async function makeWebApp(): Promise<{ namespace: string; name: string }> {
  const cluster = await testCluster();
  const key = { namespace: await freshNamespace(cluster), name: 'shop' };
  const manager = { manager: 'kubectl', live: undefined };
  await cluster.admin.cluster.apply(WEBAPP, webapp(key.namespace, key.name), manager);
  return key;
}

/** Passes everything on to a gateway whose clock is ahead. */
async function ahead(url: string, ms: number) {
  return listen(async (asked, response) => {
    const answer = await forward(url, asked);
    const date = new Date(Date.now() + ms).toUTCString();
    reply(response, { ...answer, headers: { ...answer.headers, date } });
  });
}

test.serial('a Lambda has pushed when it answers', async (t) => {
  await using gateway = await startPushgateway();
  const { functions } = await testCluster();
  await using entry = await openEntry('Lambda', functions, { PUSHGATEWAY_URL: gateway.url });
  const key = await makeWebApp();
  t.is((await entry.send(eventAbout('WebApp', key))).status, 200);
  const total = { ...key, result: 'success' };
  t.is(sum(await exposedBy(gateway.url), 'webapp_reconcile_total', total), 1);
  t.is((await entry.send(eventAbout('WebApp', key))).status, 200);
  t.is(sum(await exposedBy(gateway.url), 'webapp_reconcile_total', total), 1, 'it was quiet');
});

test.serial('a gateway that hangs changes no answer of a Lambda', async (t) => {
  await using gateway = await startPushgateway();
  gateway.process.kill('SIGSTOP');
  const { admin, functions } = await testCluster();
  await using entry = await openEntry('Lambda', functions, { PUSHGATEWAY_URL: `${gateway.url}/` });
  const key = await makeWebApp();
  const answer = await entry.send(eventAbout('WebApp', key));
  t.deepEqual([answer.status, answer.body], [200, { outcome: 'settled' }]);
  t.like((await admin.cluster.get(WEBAPP, key))?.status, { observedGeneration: 1 });
  const tick = await entry.send(TICK);
  t.deepEqual([tick.status, tick.body.failed], [200, 0]);
});

test.serial('the tick says what it found, and removes the groups of the dead only', async (t) => {
  await using gateway = await startPushgateway();
  const { functions } = await testCluster();
  const other = `${gateway.url}/metrics/job/webapp-functions-of-others/instance/${crypto.randomUUID()}`;
  await request(other, { method: 'PUT', body: 'theirs 1\n' });
  const open = (PUSHGATEWAY_URL: string) => openEntry('Lambda', functions, { PUSHGATEWAY_URL });
  await using dead = await open(gateway.url);
  const key = await makeWebApp();
  await dead.send(eventAbout('WebApp', key));
  const groups = async () => {
    const samples = await exposedBy(gateway.url);
    return samples.filter(({ name }) => name === 'push_time_seconds').length;
  };
  t.is(await groups(), 2);

  await using young = await open(gateway.url);
  const missed = await makeWebApp();
  await young.send(TICK);
  t.is(await groups(), 3, 'all are young');
  const found = { kind: 'WebApp', reason: 'unobserved' };
  const told = await exposedBy(gateway.url);
  t.true(sum(told, 'webapp_tick_visits_total', found) >= 1);
  t.true(sum(told, 'webapp_objects', { kind: 'WebApp' }) >= 2, 'as the tick listed them');
  t.true(Date.now() / 1_000 - sum(told, 'webapp_tick_completed_timestamp_seconds') < 60);
  t.is(
    sum(await exposedBy(gateway.url), 'webapp_reconcile_total', { ...missed, result: 'success' }),
    1,
  );

  using later = await ahead(gateway.url, 16 * 60_000);
  await using tidy = await open(later.url);
  await tidy.send(TICK);
  const left = await exposedBy(gateway.url);
  t.is(await groups(), 2);
  t.is(sum(left, 'theirs'), 1);
  t.is(left.filter(({ name }) => name === 'webapp_build_info').length, 1, 'its own');
});

test.serial('a source whose Git server is away is ready, and a visit that failed', async (t) => {
  await using gateway = await startPushgateway();
  const { admin, functions } = await testCluster();
  const namespace = await freshNamespace(await testCluster());
  const { apiVersion, kind } = WEBAPP_SOURCE;
  const spec = { url: `http://127.0.0.1:${await freePort()}/apps`, interval: '10s' };
  const source = { apiVersion, kind, metadata: { name: 'apps', namespace }, spec };
  const manager = { manager: 'kubectl', live: undefined };
  const live = await admin.cluster.apply(WEBAPP_SOURCE, source, manager);
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  const ready = { type: 'Ready', status: 'True', reason: 'Synced', message: 'm' };
  await admin.cluster.applyStatus(WEBAPP_SOURCE, live, {
    observedGeneration: 1,
    conditions: [{ ...ready, lastTransitionTime }],
  });
  await using entry = await openEntry('Lambda', functions, {
    ...{ PUSHGATEWAY_URL: gateway.url, TICK_INTERVAL: '5m', DRIFT_INTERVAL: '8760h' },
  });
  await entry.send(TICK);
  const told = await exposedBy(gateway.url);
  t.true(sum(told, 'webapp_tick_failures_total', { kind }) >= 1);
  t.true(sum(told, 'webapp_objects', { kind, state: 'ready' }) >= 1);
  const own = told.filter(({ name }) => name === 'webapp_source_out_of_sync_seconds');
  t.deepEqual(
    own.filter(({ labels }) => labels.namespace === namespace).map(({ value }) => value),
    [0],
  );
  const now = await admin.cluster.get(WEBAPP_SOURCE, { namespace, name: 'apps' });
  // Later ticks would ask for it again.
  if (now) await admin.cluster.delete(WEBAPP_SOURCE, now);
});

test.serial('a tick that does not see all objects tells of none', async (t) => {
  await using gateway = await startPushgateway();
  const nowhere = new KubeConfig();
  const { caFile } = await testCluster();
  const server = `https://127.0.0.1:${await freePort()}`;
  const ca = await readFile(caFile, 'utf8');
  nowhere.loadFromString(kubeconfigText({ server, ca, user: 'test', token: 'none' }));
  await using entry = await openEntry('Lambda', nowhere, { PUSHGATEWAY_URL: gateway.url });
  t.is((await entry.send(TICK)).status, 503);
  const told = await exposedBy(gateway.url);
  t.is(sum(told, 'webapp_tick_completed_timestamp_seconds'), 0);
  t.false(told.some(({ name }) => name === 'webapp_objects'));
});
