// An API server that hangs at one request, before or after it has done what was asked: the visit costs its budget,
// nothing is written afterwards, and the next attempt makes it good.
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import test, { type ExecutionContext } from 'ava';
import { Agent } from 'undici';
import { createApp } from '../../functions/app.ts';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { readRetry } from '../../gitops/backoff.ts';
import { type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import { ANNOTATION, annotation, type WebAppSource } from '../../gitops/webapp.ts';
import { SERVICE_ACCOUNTS } from '../../infra/install.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { eventAbout, overHttp, TOKEN } from '../helpers/functions-entries.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { forward, listen, reply } from '../helpers/listen.ts';
import { makeSource } from '../hostile/stage.ts';
import { app } from '../sync/stage.ts';

/** After a first failure: a second, and one of jitter. */
const LONGEST_BACKOFF_MS = 2_100;
const BUDGET_MS = 10_000;
/** What a busy machine takes beside the budget. */
const SLACK_MS = 4_000;

/** Where it hangs: before the API server hears of the request, or after it has answered. */
interface Place {
  readonly method: string;
  readonly part: string;
  readonly when: 'before' | 'after';
}

interface Written {
  readonly what: string;
  /** What the API server answered, once it has. */
  status?: number;
}

/** The way to the API server, on which one request of each namespace that has a place gets no answer. */
class Way {
  readonly places = new Map<string, Place>();
  readonly #written = new Map<string, Written[]>();
  readonly #cluster: TestCluster;
  readonly #agent: Agent;

  constructor(cluster: TestCluster, ca: string) {
    this.#cluster = cluster;
    this.#agent = new Agent({ connect: { ca } });
  }

  /** The writes of a namespace that the API server was told of, in their order. */
  written(namespace: string): readonly Written[] {
    return this.#written.get(namespace) ?? [];
  }

  async answer(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '' } = asked;
    const namespace = /namespaces\/([^/]+)\//.exec(url)?.[1] ?? '';
    const hangs = this.#takePlace(namespace, `${method} ${url}`);
    if (hangs === 'before') return;
    const written: Written = { what: `${method} ${url.split('?')[0]}` };
    if (method !== 'GET') this.#note(namespace, written);
    const answer = await forward(this.#cluster.server, asked, this.#agent);
    written.status = answer.status;
    if (hangs !== 'after') reply(response, answer);
  }

  #takePlace(namespace: string, what: string): Place['when'] | undefined {
    const place = this.places.get(namespace);
    if (!place || !what.startsWith(place.method) || !what.includes(place.part)) return undefined;
    this.places.delete(namespace);
    return place.when;
  }

  #note(namespace: string, one: Written): void {
    this.#written.set(namespace, [...this.written(namespace), one]);
  }
}

let cluster: TestCluster;
let way: Way;
let server: Awaited<ReturnType<typeof listen>>;
let functions: typeof server;
let send: ReturnType<typeof overHttp>;

test.before(async () => {
  cluster = await testCluster();
  way = new Way(cluster, await readFile(cluster.caFile, 'utf8'));
  server = await listen((asked, response) => {
    way.answer(asked, response).catch(() => response.destroy());
  });
  const kubeConfig = new KubeConfig();
  const token = await cluster.admin.tokenFor(SERVICE_ACCOUNTS.functions);
  kubeConfig.loadFromClusterAndUser(
    { name: 'c', server: server.url, skipTLSVerify: true },
    { name: 'u', token },
  );
  const serves = { FUNCTIONS: 'webapps,sources', GIT_HOSTS: '127.0.0.1' };
  const config = readConfig({ ...serves, EVENT_TOKEN: TOKEN, REQUEST_TIMEOUT: '10s' });
  // A function at zero has no timers that try again.
  const context = { ...createContext(config, kubeConfig, createLog('silent')), later: () => {} };
  functions = await listen(createApp(context));
  send = overHttp(functions.url);
});
test.after.always(() => {
  functions?.[Symbol.dispose]();
  server?.[Symbol.dispose]();
});

const PLACES: readonly Place[] = [
  { method: 'GET', part: '/webapps/', when: 'before' },
  { method: 'PATCH', part: '/deployments/', when: 'before' },
  { method: 'PATCH', part: '/deployments/', when: 'after' },
  { method: 'PATCH', part: '/services/', when: 'after' },
  { method: 'PATCH', part: '/status', when: 'before' },
  { method: 'PATCH', part: '/status', when: 'after' },
];

const SOURCE_PLACES: readonly Place[] = [
  { method: 'GET', part: '/webappsources/', when: 'before' },
  { method: 'PATCH', part: '/webapps/', when: 'before' },
  { method: 'PATCH', part: '/webapps/', when: 'after' },
  { method: 'PATCH', part: '/status', when: 'before' },
  { method: 'PATCH', part: '/status', when: 'after' },
];

/** Has an object visited while one request of that hangs, and once more: what is asked of both is the same for all. */
async function visitTwice(
  t: ExecutionContext,
  { of, key, place }: { of: Kind; key: ObjectKey; place: Place },
): Promise<void> {
  const { namespace = '' } = key;
  way.places.set(namespace, place);
  const begun = performance.now();
  const { status, body } = await send(eventAbout(of.kind, key));
  const tookMs = performance.now() - begun;
  t.log(`${status} ${JSON.stringify(body)} after ${tookMs.toFixed(0)} ms`);
  t.false(way.places.has(namespace));
  t.true(tookMs < BUDGET_MS + SLACK_MS, `${tookMs} ms`);
  const written = way.written(namespace).length;
  await sleep(LONGEST_BACKOFF_MS);
  t.is(way.written(namespace).length, written);
  const live = await cluster.admin.cluster.get(of, key);
  const text = live && annotation(live, ANNOTATION.retry);
  const failures = live && readRetry(live.metadata, text ?? '', Date.now())?.failures;
  t.true(failures === undefined || failures === 1, `${failures}`);
  t.true((await send(eventAbout(of.kind, key))).status < 300);
}

for (const place of PLACES) {
  const { method, part, when } = place;
  test(`hang: ${method} ${part} ${when} it is done: the budget, nothing after it, and the next attempt`, async (t) => {
    const namespace = await freshNamespace(cluster);
    const key = { namespace, name: 'shop' };
    await cluster.admin.cluster.create(WEBAPP, webapp(namespace, key.name));
    await visitTwice(t, { of: WEBAPP, key, place });
    const made = way
      .written(namespace)
      .filter(({ what, status }) => what.startsWith('PATCH') && status === 201);
    t.deepEqual(made.map(({ what }) => what.split('/').at(-2)).sort(), ['deployments', 'services']);
  });
}

for (const place of SOURCE_PLACES) {
  const { method, part, when } = place;
  test(`hang in a sync: ${method} ${part} ${when} it is done: the budget, nothing after it, and the next attempt`, async (t) => {
    const git = await startTestServer();
    t.teardown(() => git.stop());
    await using repo = await git.make({ 'a.yaml': app('a') });
    const key = { namespace: await freshNamespace(cluster), name: 'apps' };
    await makeSource(cluster, key, { url: repo.url });
    await visitTwice(t, { of: WEBAPP_SOURCE, key, place });
    t.truthy(await cluster.admin.cluster.get(WEBAPP, { ...key, name: 'a' }));
    const source = (await cluster.admin.cluster.get(WEBAPP_SOURCE, key)) as WebAppSource;
    t.is(source.status.lastAppliedRevision, `main@sha1:${repo.first}`);
    const made = way
      .written(key.namespace)
      .filter(({ what, status }) => what.includes('/webapps/') && status === 201);
    t.is(made.length, 1);
  });
}
