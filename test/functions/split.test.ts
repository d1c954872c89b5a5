// What a process does and does not do that serves some of the functions only; and what it is told that nobody else took.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createApp } from '../../functions/app.ts';
import { checkFunctions } from '../../functions/check-command.ts';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { sendDue } from '../../functions/event-sink.ts';
import { createLog } from '../../functions/log.ts';
import { WEBAPP } from '../../gitops/kinds.ts';
import { FakeCluster } from '../helpers/fake-cluster.ts';
import { listen } from '../helpers/listen.ts';

/** Starts a process that serves these functions, on a cluster without objects. */
function open(FUNCTIONS: string) {
  const config = readConfig({ FUNCTIONS, WEBHOOK_SECRET: 's', EVENT_TOKEN: 't' });
  const cluster = new FakeCluster();
  const base = createContext(config, undefined, createLog('silent'));
  return listen(createApp({ ...base, cluster: () => cluster }));
}

const EVENT = {
  ...{ 'ce-specversion': '1.0', 'ce-id': '1', 'ce-apiversion': 'example.com/v1' },
  ...{ 'ce-type': 'dev.knative.apiserver.ref.update', 'ce-namespace': 'shop', 'ce-name': 'shop' },
};
const post = (url: string, headers: Record<string, string> = {}, body = '{}') =>
  fetch(url, { method: 'POST', headers: { authorization: 'Bearer t', ...headers }, body });

const routes: readonly [functions: string, there: readonly string[]][] = [
  ['webapps', ['/events']],
  ['sources', ['/events']],
  ['pushes', ['/webhooks/github']],
  ['reviews', ['/webhooks/github']],
  ['tick', ['/tick', '/dead-letters']],
  ['admission', []],
];

for (const [functions, there] of routes) {
  test(`FUNCTIONS=${functions} has paths of its own only`, async (t) => {
    using server = await open(functions);
    for (const path of ['/events', '/webhooks/github', '/tick', '/dead-letters', '/metrics']) {
      const { status } = await post(`${server.url}${path}`);
      t.is(status === 404, !there.includes(path), path);
    }
  });
}

test('an event of what another process visits is answered, and nothing is done', async (t) => {
  using server = await open('webapps');
  const own = await post(`${server.url}/events`, { ...EVENT, 'ce-kind': 'WebApp' });
  t.deepEqual(await own.json(), { outcome: 'gone' });
  const other = await post(`${server.url}/events`, { ...EVENT, 'ce-kind': 'WebAppSource' });
  t.deepEqual(await other.json(), { ignored: 'sources is not one of FUNCTIONS here' });
});

test('a dead letter is counted, whatever it says, where its bringer shows a shared token', async (t) => {
  using server = await open('tick,metrics');
  const dead = { ...EVENT, 'ce-kind': 'WebApp', 'ce-knativeerrorcode': '500' };
  for (const headers of [dead, { 'ce-type': 'x' }, {}]) {
    t.is((await post(`${server.url}/dead-letters`, headers, 'no')).status, 202);
  }
  t.is((await post(`${server.url}/dead-letters`, { authorization: '' })).status, 401);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  t.regex(metrics, /^webapp_dead_letters_total 3$/m);
  t.regex(metrics, /^webapp_refused_requests_total\{status="401"\} 1$/m);
});

test('a token for the sink is read from its file each time', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-token-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const shown: (string | undefined)[] = [];
  using broker = await listen((request, response) => {
    shown.push(request.headers.authorization);
    response.writeHead(202).end();
  });
  const tokenFile = join(folder, 'token');
  const sink = { ...{ url: broker.url, token: 'other', tokenFile, source: '' }, timeoutMs: 5_000 };
  const due = { of: WEBAPP, key: { namespace: 'shop', name: 'shop' } };
  for (const token of ['one', 'two\n']) {
    await writeFile(tokenFile, token);
    t.is((await sendDue(due, { ...sink, log: createLog('silent') })).kind, 'done');
  }
  t.deepEqual(shown, ['Bearer one', 'Bearer two']);
  await rm(tokenFile);
  t.is((await sendDue(due, { ...sink, log: createLog('silent') })).kind, 'again');
});

test('check: functions that work, one that takes anything, and one that is away', async (t) => {
  using server = await open('pushes');
  t.deepEqual(
    (await checkFunctions(`${server.url}/`)).map(({ good }) => good),
    [true, true],
  );
  using careless = await listen((_, response) => response.writeHead(200).end());
  t.deepEqual(
    (await checkFunctions(careless.url)).map(({ good }) => good),
    [true, false],
  );
  const away = await checkFunctions('http://127.0.0.1:1');
  t.deepEqual(
    away.map(({ good }) => good),
    [false, false],
  );
});
