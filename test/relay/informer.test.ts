// What the relay is told of a kind, on the real API server with the relay's own rights.
import { KubeConfig } from '@kubernetes/client-node';
import test, { type ExecutionContext } from 'ava';
import { follow } from '../../functions/relay/informer.ts';
import { Api } from '../../gitops/io/api.ts';
import { Connector } from '../../gitops/io/connection.ts';
import { type Kind, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { LABEL, OPERATOR } from '../../gitops/webapp.ts';
import { realBench } from '../cluster/bench.ts';
import { eventually } from '../cluster/eventually.ts';
import { service, webapp } from '../cluster/objects.ts';
import { testCluster } from '../helpers/control-plane.ts';
import { kubeConfigFor } from '../helpers/functions-api-server.ts';
import { listen } from '../helpers/listen.ts';
import { openTcpProxy } from '../helpers/tcp-proxy.ts';
import { SILENT } from '../reconcile/stage.ts';

/** Follows a kind in one namespace until the test ends; `heard` grows by lines such as "add a". */
function hear(
  t: ExecutionContext,
  config: KubeConfig,
  what: { of: Kind; namespace: string; labelSelector?: string },
) {
  const heard: string[] = [];
  const end = new AbortController();
  const { namespace, ...subject } = what;
  const tell = (verb: string, { metadata }: KubeObject) => {
    if (metadata.namespace === namespace) heard.push(`${verb} ${metadata.name}`);
  };
  const connector = new Connector(config);
  const { signal } = end;
  const running = follow({ ...subject, tell }, new Api(connector), { signal, log: SILENT });
  t.teardown(async () => {
    end.abort();
    await running;
    await connector.close();
  });
  /** Waits until as much was heard, and returns it in the order of names. */
  const until = async (count: number) => {
    await eventually(`${count} events, not ${heard.join()}`, () => heard.length >= count);
    return [...heard].sort();
  };
  return { heard, until, stop: () => end.abort(), running };
}

/** Returns a namespace and what people and the functions do in it. */
async function scene() {
  const bench = await realBench();
  const namespace = await bench.namespace();
  const key = (name: string) => ({ namespace, name });
  return {
    bench,
    namespace,
    make: (name: string) =>
      bench.admin.apply(WEBAPP, webapp(namespace, name), { manager: 'kubectl', live: undefined }),
    edit: (name: string, fields: object) => bench.edit(WEBAPP, key(name), fields),
    remove: async (name: string) => {
      const live = await bench.admin.get(WEBAPP, key(name));
      if (live) await bench.admin.delete(WEBAPP, live);
    },
  };
}

const image = (name: string) => ({ spec: { image: name } });

test('what was there before the start is told as new', async (t) => {
  const { relay } = await testCluster();
  const it = await scene();
  await it.make('a');
  await it.make('b');
  const { until } = hear(t, relay, { of: WEBAPP, namespace: it.namespace });
  t.deepEqual(await until(2), ['add a', 'add b']);
});

test('what comes, changes and goes is told once each', async (t) => {
  const { relay } = await testCluster();
  const it = await scene();
  await it.make('first');
  const { heard, until } = hear(t, relay, { of: WEBAPP, namespace: it.namespace });
  await until(1);
  await it.make('a');
  await until(2);
  await it.edit('a', image('other:1'));
  await until(3);
  await it.edit('a', { metadata: { annotations: { note: 'n' } } });
  await until(4);
  await it.edit('a', { metadata: { labels: { team: 'red' } } });
  await until(5);
  await it.remove('a');
  await until(6);
  await it.make('last');
  await until(7);
  const updates = ['update a', 'update a', 'update a'];
  t.deepEqual(heard, ['add first', 'add a', ...updates, 'delete a', 'add last']);
});

test('what the functions write to a status is not told', async (t) => {
  const { relay } = await testCluster();
  const it = await scene();
  let live = await it.make('a');
  const { heard, until } = hear(t, relay, { of: WEBAPP, namespace: it.namespace });
  await until(1);
  for (const phase of ['Progressing', 'Ready']) {
    live = await it.bench.cluster.applyStatus(WEBAPP, live, { observedGeneration: 1, phase });
  }
  // Events come in order: what is told of b comes after anything that would be told of a.
  await it.make('b');
  await until(2);
  t.deepEqual(heard, ['add a', 'add b']);
});

test('of a kind with a label, objects without it are not told', async (t) => {
  const { relay } = await testCluster();
  const { bench, namespace } = await scene();
  const labelSelector = `${LABEL.managedBy}=${OPERATOR}`;
  const { heard, until } = hear(t, relay, { of: SERVICE, namespace, labelSelector });
  const options = { manager: 'kubectl', live: undefined };
  await bench.admin.apply(SERVICE, service(namespace), options);
  const ours = service(namespace, { name: 'ours', labels: { [LABEL.managedBy]: OPERATOR } });
  await bench.admin.apply(SERVICE, ours, options);
  await until(1);
  await bench.edit(
    SERVICE,
    { namespace, name: 'ours' },
    { metadata: { labels: { [LABEL.managedBy]: null } } },
  );
  await until(2);
  t.deepEqual(heard, ['add ours', 'delete ours']);
});

test('what happens while the connection is cut is told once it is back', async (t) => {
  const { relay, server } = await testCluster();
  const it = await scene();
  using proxy = await openTcpProxy(server);
  const text = relay.exportConfig().replaceAll(server, proxy.url);
  const config = new KubeConfig();
  config.loadFromString(text);
  for (const name of ['changed', 'gone', 'replaced', 'same']) await it.make(name);
  const { heard, until } = hear(t, config, { of: WEBAPP, namespace: it.namespace });
  await until(4);
  proxy.cut();
  await it.edit('changed', image('other:1'));
  await it.remove('gone');
  await it.remove('replaced');
  await it.make('replaced');
  await it.make('new');
  t.is(heard.length, 4);
  proxy.mend();
  await eventually('all is told', () => heard.includes('add new'));
  await it.make('end');
  await eventually('the end is told', () => heard.includes('add end'));
  const told = new Set(heard.slice(4).map((line) => line.split(' ')[1]));
  t.deepEqual([...told].sort(), ['changed', 'end', 'gone', 'new', 'replaced']);
  t.true(heard.includes('update changed'));
  t.true(heard.includes('delete gone'));
});

test('it ends with its signal', async (t) => {
  const { relay } = await testCluster();
  const it = await scene();
  await it.make('a');
  const { until, stop, running } = hear(t, relay, { of: WEBAPP, namespace: it.namespace });
  await until(1);
  stop();
  await t.notThrowsAsync(running);
});

test('when it is too late to resume, it lists again and tells what differs', async (t) => {
  const object = (name: string, uid: string, generation: number) => {
    const metadata = { name, namespace: 'n', uid, generation, resourceVersion: '5' };
    return { apiVersion: WEBAPP.apiVersion, kind: WEBAPP.kind, metadata };
  };
  const lists = [
    [object('same', '1', 1), object('changed', '2', 1), object('gone', '3', 1)],
    [object('same', '1', 1), object('changed', '2', 2), object('new', '4', 1)],
  ];
  using server = await listen((request, response) => {
    const isWatch = request.url?.includes('watch=true');
    response.writeHead(200, { 'content-type': 'application/json' });
    if (!isWatch) {
      const items = lists.shift() ?? [];
      response.end(JSON.stringify({ items, metadata: { resourceVersion: '5' } }));
    } else if (lists.length > 0) {
      const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
      response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    } else {
      response.flushHeaders();
    }
  });
  const { heard, until } = hear(t, kubeConfigFor(server.url), { of: WEBAPP, namespace: 'n' });
  await until(6);
  t.deepEqual(heard.slice(3).sort(), ['add new', 'delete gone', 'update changed']);
});
