// Twenty processes count two thousand reconciles and are killed meanwhile: the sum in the gateway against what the API
// server's audit log says was done. What a process had not pushed is lost with it; nothing is counted twice.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import test from 'ava';
import pLimit from 'p-limit';
import { request } from 'undici';
import { WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';
import { SERVICE_ACCOUNTS } from '../../infra/install.ts';
import { startPushgateway } from '../../infra/pushgateway/start.ts';
import { eventually } from '../cluster/eventually.ts';
import { webapp } from '../cluster/objects.ts';
import { requestsOfFunctions } from '../helpers/audit.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { eventAbout, TOKEN } from '../helpers/functions-entries.ts';
import { exposedBy, sum } from './exposed.ts';

const INSTANCES = 20;
const WEBAPPS = 40;
const ROUNDS = 50;
/** A process is killed, and another one started, each time that so many reconciles were asked for. */
const KILL_EVERY = 160;

const ENTRY = join(import.meta.dirname, '..', '..', 'functions', 'container.ts');

class Instance {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(env: Readonly<Record<string, string>>): Promise<Instance> {
    const child = spawn(process.execPath, [ENTRY], {
      env: { ...process.env, ...env },
      // The channel ends them with this process.
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const output = child.stdout as Readable;
    const url = await addressIn(output);
    // Else it would wait for somebody to read its log.
    output.resume();
    return new Instance(child, url);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}

async function addressIn(log: Readable): Promise<string> {
  for await (const line of createInterface({ input: log })) {
    const { msg, address } = JSON.parse(line);
    if (msg === 'Listening') return address;
  }
  throw new Error('an instance ended before it listened');
}

async function environment(cluster: TestCluster, PUSHGATEWAY_URL: string) {
  const KUBECONFIG = join(await mkdtemp(join(tmpdir(), 'webapp-instances-')), 'kubeconfig');
  const token = await cluster.admin.tokenFor(SERVICE_ACCOUNTS.functions);
  await writeFile(KUBECONFIG, cluster.kubeconfigText(token));
  const FUNCTIONS = 'events,metrics';
  return {
    HOST: '127.0.0.1',
    PORT: '0',
    EVENT_TOKEN: TOKEN,
    FUNCTIONS,
    KUBECONFIG,
    PUSHGATEWAY_URL,
  };
}

test('what twenty instances counted is what was done, but for the last second of the killed', async (t) => {
  const cluster = await testCluster();
  const { cluster: api } = cluster.admin;
  await using gateway = await startPushgateway();
  const env = await environment(cluster, gateway.url);
  const starts = Array.from({ length: INSTANCES }, () => Instance.start(env));
  const instances = await Promise.all(starts);
  t.teardown(() => Promise.all(instances.map((instance) => instance.end('SIGKILL'))));

  let asked = 0;
  let kills = 0;
  const oneKill = pLimit(1);
  const any = () => Math.floor(Math.random() * INSTANCES);
  /** One is killed in the midst of whatever it does. */
  const maybeKill = async () => {
    if (++asked % KILL_EVERY !== 0) return;
    await oneKill(async () => {
      kills++;
      const victim = any();
      await instances[victim]?.end('SIGKILL');
      instances[victim] = await Instance.start(env);
    });
  };
  /** Whoever asked asks again until there is an answer, as an event source does. */
  const deliver = (key: ObjectKey) =>
    eventually(`an answer about ${key.name}`, async () => {
      const { path, headers = {}, body = '' } = eventAbout('WebApp', key);
      const url = `${instances[any()]?.url}${path}`;
      const answer = await request(url, { method: 'POST', headers, body }).catch(() => undefined);
      await answer?.body.dump();
      return answer?.statusCode === 200;
    });

  const namespace = await freshNamespace(cluster);
  const manager = { manager: 'kubectl', live: undefined };
  const lives = await Promise.all(
    Array.from({ length: WEBAPPS }, (_, i) => {
      const object = webapp(namespace, `shop-${i}`, { spec: { replicas: 0 } });
      return api.apply(WEBAPP, object, manager);
    }),
  );
  const follow = async (first: KubeObject) => {
    let live = first;
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all([deliver({ namespace, name: live.metadata.name }), maybeKill()]);
      const fields = { spec: { service: { type: 'ClusterIP', port: 1_000 + round } } };
      const fresh = (await api.get(WEBAPP, { namespace, name: live.metadata.name })) ?? live;
      if (round + 1 < ROUNDS) live = await api.patch(WEBAPP, fresh, { type: 'merge', fields });
    }
  };
  const start = performance.now();
  await pLimit(INSTANCES).map(lives, follow);
  const seconds = Math.round((performance.now() - start) / 1_000);

  const before = await exposedBy(gateway.url);
  await Promise.all(instances.map((instance) => instance.end('SIGTERM')));
  const after = await exposedBy(gateway.url);
  const success = { namespace, result: 'success' };
  const counted = sum(after, 'webapp_reconcile_total', success);
  const done = (await requestsOfFunctions(cluster.auditLog)).filter(
    ({ what, code, namespace: its }) =>
      what === 'patch webapps/status' && code === 200 && its === namespace,
  ).length;
  t.log(`${done} reconciles in ${seconds} s by ${INSTANCES} instances, ${kills} killed`);
  t.log(
    `counted ${counted}, lost ${done - counted} (${((1 - counted / done) * 100).toFixed(1)} %)`,
  );
  t.log(`before the others ended: ${sum(before, 'webapp_reconcile_total', success)}`);
  t.true(done >= WEBAPPS * ROUNDS * 0.95, 'a visit that failed is tried again in the next round');
  t.true(counted <= done, 'nothing is counted twice');
  t.true(counted > done * 0.9);
  t.is(sum(after, 'webapp_reconcile_duration_seconds_count', { namespace }), counted);
  const groups = after.filter(({ name }) => name === 'push_time_seconds').length;
  // One that was killed before its first push has none.
  t.true(groups >= INSTANCES && groups <= INSTANCES + kills);
});
