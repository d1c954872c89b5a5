// One suite for every way to call the functions.
import { KubeConfig } from '@kubernetes/client-node';
import test from 'ava';
import { DEPLOYMENT, type Kind, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import { eventually } from '../cluster/eventually.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import {
  type Call,
  ENTRIES,
  type Entry,
  type EntryName,
  eventAbout,
  loadLambda,
  openEntry,
  TOKEN,
} from '../helpers/functions-entries.ts';
import { conditionOf } from '../reconcile/stage.ts';
import { answers, forms } from './entry-cases.ts';

// A tick visits whatever it finds, so this file has a cluster of its own.
delete process.env.TEST_CONTROL_PLANE;

const authorization = `Bearer ${TOKEN}`;
const entries = new Map<EntryName, Entry>();
let cluster: TestCluster;

test.before(async () => {
  cluster = await testCluster();
  for (const name of ENTRIES) entries.set(name, await openEntry(name, cluster.functions));
});
test.after.always(async () => {
  for (const entry of entries.values()) await entry[Symbol.asyncDispose]();
});

async function makeWebApp(): Promise<ObjectKey> {
  const namespace = await freshNamespace(cluster);
  const object = webapp(namespace, 'shop');
  await cluster.admin.cluster.apply(WEBAPP, object, { manager: 'kubectl', live: undefined });
  return { namespace, name: 'shop' };
}

const isThere = async (kind: Kind, key: ObjectKey) =>
  (await cluster.admin.cluster.get(kind, key)) !== undefined;

for (const name of ENTRIES) {
  const send = (call: Call) => (entries.get(name) as Entry).send(call);

  for (const [title, form] of Object.entries(forms)) {
    test(`${name}: an event (${title}) makes the children`, async (t) => {
      const key = await makeWebApp();
      const answer = await send(form(key));
      t.deepEqual([answer.status, answer.body], [200, { outcome: 'settled' }]);
      t.true(await isThere(DEPLOYMENT, key));
      t.true(await isThere(SERVICE, key));
    });
  }

  for (const [title, { call, status, says = /./ }] of Object.entries(answers)) {
    test(`${name}: ${title} is answered with ${status}`, async (t) => {
      const answer = await send(call);
      t.is(answer.status, status);
      t.regex(JSON.stringify(answer.body), says);
      t.is(answer.headers['x-powered-by'], undefined);
    });
  }

  test(`${name}: whoever prefers a reply gets no body that could be taken for one`, async (t) => {
    const gone = { namespace: 'default', name: 'nobody' };
    for (const prefer of ['reply', 'respond-async, Reply']) {
      const ask = async (call: Call) => {
        const { status, body } = await send({ ...call, headers: { ...call.headers, prefer } });
        return [status, body];
      };
      t.deepEqual(await ask(eventAbout('WebApp', gone)), [200, {}]);
      t.deepEqual(await ask(eventAbout('Pod', gone)), [202, {}]);
      const [status, body] = await ask(eventAbout('WebApp', { ...gone, name: '../x' }));
      t.is(status, 400);
      t.true('error' in Object(body), 'brokers keep it with a dead letter');
    }
  });

  test(`${name}: an event with a wrong token does nothing`, async (t) => {
    const key = await makeWebApp();
    const call = eventAbout('WebApp', key);
    const headers = { ...call.headers, authorization: 'Bearer wrong' };
    t.is((await send({ ...call, headers })).status, 401);
    t.false(await isThere(DEPLOYMENT, key));
    t.is((await send(call)).status, 200);
    t.true(await isThere(DEPLOYMENT, key));
  });
}

for (const name of ENTRIES) {
  test.serial(`${name}: a tick finds what no event told of`, async (t) => {
    const entry = entries.get(name) as Entry;
    const key = await makeWebApp();
    const tick = { path: '/tick', headers: { authorization } };
    const first = await entry.send(tick);
    t.is(first.status, 200);
    t.like(first.body, { failed: 0 });
    t.true(Number(first.body.webapps) >= 1);
    t.true(await isThere(DEPLOYMENT, key));
    t.true(await isThere(SERVICE, key));
    await eventually('ticks alone make it Ready', async () => {
      await entry.send(tick);
      const live = await cluster.admin.cluster.get(WEBAPP, key);
      return live && conditionOf(live, 'Ready')?.status === 'True';
    });
  });
}

test.serial("Lambda: a schedule's tick does the same, and fails loudly", async (t) => {
  const key = await makeWebApp();
  const lambda = await loadLambda(cluster.functions);
  t.like(await lambda.tick(), { failed: 0 });
  t.true(await isThere(DEPLOYMENT, key));
  const nobody = new KubeConfig();
  nobody.loadFromString(cluster.kubeconfigText('not-a-token'));
  const without = await loadLambda(nobody);
  await t.throwsAsync(without.tick(), { message: /Unauthorized/ });
});
