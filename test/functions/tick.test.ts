// The tick finds what is due and hands it out; whoever takes it, it is done, and once.
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test from 'ava';
import { readRetry, writeRetry } from '../../gitops/backoff.ts';
import { DEPLOYMENT, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import { ANNOTATION, annotating, annotation } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { type Entry, openEntry, TOKEN } from '../helpers/functions-entries.ts';
import { listen } from '../helpers/listen.ts';
import { askOfDeployments } from '../helpers/webhooks.ts';

// A tick visits whatever it finds, so this file has a cluster of its own.
delete process.env.TEST_CONTROL_PLANE;

const authorization = `Bearer ${TOKEN}`;
const TICK = { path: '/tick', headers: { authorization } };

let cluster: TestCluster;
let worker: Entry;

test.before(async () => {
  cluster = await testCluster();
  worker = await openEntry('container', cluster.functions);
});
test.after.always(() => worker?.[Symbol.asyncDispose]());

const ticking = (EVENT_SINK: string, more: Record<string, string> = {}) =>
  openEntry('container', cluster.functions, { EVENT_SINK, ...more });

async function makeWebApp(): Promise<ObjectKey> {
  const key = { namespace: await freshNamespace(cluster), name: 'shop' };
  await cluster.admin.cluster.apply(WEBAPP, webapp(key.namespace, key.name), {
    manager: 'kubectl',
    live: undefined,
  });
  return key;
}

const isDone = async (key: ObjectKey) =>
  (await cluster.admin.cluster.get(DEPLOYMENT, key)) !== undefined;

/** Stands where a broker would: takes events, and passes them on when it is told to. */
async function openBroker(status: number) {
  const events: { headers: Record<string, string>; body: string }[] = [];
  const server = await listen(async (request, response) => {
    const body = (await buffer(request)).toString();
    events.push({ headers: request.headers as Record<string, string>, body });
    response.writeHead(status).end();
  });
  return {
    url: `${server.url}/broker`,
    events,
    about: (kind: string, name: string) =>
      events.filter(({ headers }) => headers['ce-kind'] === kind && headers['ce-name'] === name),
    [Symbol.dispose]: () => server[Symbol.dispose](),
  };
}

test.serial('what is due is handed out as an event, and another instance does it', async (t) => {
  using broker = await openBroker(202);
  await using entry = await ticking(broker.url);
  const key = await makeWebApp();
  t.like((await entry.send(TICK)).body, { webapps: 1, failed: 0 });
  t.false(await isDone(key));
  const [event] = broker.about(WEBAPP.kind, key.name);
  t.like(event?.headers, {
    'ce-type': 'com.example.webapps.due',
    'ce-specversion': '1.0',
    'ce-subject': `/apis/example.com/v1/namespaces/${key.namespace}/webapps/shop`,
    authorization,
  });
  const { headers = {}, body = '' } = event ?? {};
  const answer = await worker.send({ path: '/events', headers, body });
  t.deepEqual([answer.status, answer.body], [200, { outcome: 'settled' }]);
  t.true(await isDone(key));
});

test.serial('a source is handed out, too', async (t) => {
  using broker = await openBroker(202);
  await using entry = await ticking(broker.url);
  const metadata = { namespace: await freshNamespace(cluster), name: 'fleet' };
  const { apiVersion, kind } = WEBAPP_SOURCE;
  // At each tick it is its turn to be looked at: that its Git server is away must not keep it from being handed out.
  const spec = { url: 'http://127.0.0.1:9/fleet.git', interval: '10s' };
  const manager = { manager: 'kubectl', live: undefined };
  const source = { apiVersion, kind, metadata, spec };
  await cluster.admin.cluster.apply(WEBAPP_SOURCE, source, manager);
  await entry.send(TICK);
  const [event] = broker.about(kind, 'fleet');
  const { headers = {}, body = '' } = event ?? {};
  const answer = await worker.send({ path: '/events', headers, body });
  t.deepEqual([answer.status, answer.body], [202, { outcome: 'retry' }]);
});

test.serial('the token for the sink is read from its file each time', async (t) => {
  using broker = await openBroker(202);
  await using folder = await mkdtempDisposable(join(tmpdir(), 'webapp-token-'));
  const EVENT_SINK_TOKEN_FILE = join(folder.path, 'token');
  await using entry = await ticking(broker.url, { EVENT_SINK_TOKEN_FILE });
  const key = await makeWebApp();
  for (const token of ['first', 'renewed']) {
    await writeFile(EVENT_SINK_TOKEN_FILE, `${token}\n`);
    await entry.send(TICK);
    const { headers } = broker.about(WEBAPP.kind, key.name).at(-1) ?? {};
    t.is(headers?.authorization, `Bearer ${token}`);
  }
});

for (const [title, open] of Object.entries({
  'is not there': async () => ({ url: 'http://127.0.0.1:9/', [Symbol.dispose]: () => {} }),
  'refuses it': () => openBroker(403),
  'has no room': () => openBroker(503),
})) {
  test.serial(`where the sink ${title}, the tick does it itself`, async (t) => {
    using broker = await open();
    await using entry = await ticking(broker.url);
    const key = await makeWebApp();
    t.like((await entry.send(TICK)).body, { failed: 0 });
    t.true(await isDone(key));
  });
}

test.serial('R39: ticks that run at once count one failed attempt each', async (t) => {
  const keys = await Promise.all(Array.from({ length: 12 }, makeWebApp));
  // The next failure is waited for longer than the test can take.
  for (const key of keys) await failedBefore(key, 5);
  const namespaces = keys.map(({ namespace }) => namespace);
  await using _ = await askOfDeployments(cluster, namespaces);
  await Promise.all([1, 2, 3].map(() => worker.send(TICK)));
  for (const key of keys) {
    const live = await cluster.admin.cluster.get(WEBAPP, key);
    const text = live ? annotation(live, ANNOTATION.retry) : '';
    t.is(live && readRetry(live.metadata, text, Date.now())?.failures, 6);
  }
});

async function failedBefore(key: ObjectKey, failures: number): Promise<void> {
  const { cluster: api } = cluster.admin;
  const live = await api.get(WEBAPP, key);
  if (live === undefined) return;
  const text = writeRetry(live.metadata, { failures, nextAttemptAt: Date.now() });
  await api.patch(WEBAPP, live, { type: 'merge', fields: annotating(ANNOTATION.retry, text) });
}
