// The functions with a real cluster and a real Pushgateway: pushed before a Lambda answers, tidied by the tick.
import { buffer } from 'node:stream/consumers';
import test from 'ava';
import { request } from 'undici';
import { WEBAPP } from '../../gitops/kinds.ts';
import { startPushgateway } from '../../infra/pushgateway/start.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { eventAbout, openEntry, TOKEN } from '../helpers/functions-entries.ts';
import { listen } from '../helpers/listen.ts';
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
  return listen(async (incoming, response) => {
    const { method = 'GET', url: path, headers } = incoming;
    const hasBody = method !== 'GET' && method !== 'DELETE';
    const answer = await request(url + path, {
      method: method as 'GET',
      headers: hasBody ? { 'content-type': String(headers['content-type']) } : {},
      body: hasBody ? await buffer(incoming) : null,
    });
    const date = new Date(Date.now() + ms).toUTCString();
    response.writeHead(answer.statusCode, { date }).end(await answer.body.text());
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
