// A canary that is worse loses its requests by itself, and one that is not gets them all: real functions, numbers by a
// real Pushgateway and a real Prometheus, `webapp rollout` as a person runs it. Only Serving's controllers are played.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { request } from 'undici';
import { WEBAPP } from '../../gitops/kinds.ts';
import { FUNCTION_ROLES, SERVICE_ACCOUNTS, SYSTEM_NAMESPACE } from '../../infra/install.ts';
import { findServiceKind } from '../../infra/knative/programs.ts';
import { startPrometheus } from '../../infra/prometheus/start.ts';
import { startPushgateway } from '../../infra/pushgateway/start.ts';
import { webapp as webappOf } from '../cluster/objects.ts';
import { webapp } from '../helpers/cli.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { eventAbout } from '../helpers/functions-entries.ts';
import { environmentOf } from '../helpers/functions-instance.ts';
import { CLUSTER_ROLE, CLUSTER_ROLE_BINDING, SERVICE_ACCOUNT } from '../helpers/rbac-kinds.ts';
import { Route } from './route.ts';

const run = promisify(execFile);
const WEBAPPS = 12;
const EDIT_EACH_MS = 100;

let cluster: TestCluster;

test.before(async () => {
  cluster = await testCluster();
  const { kubectl, kubeconfig } = cluster;
  const flags = ['--kubeconfig', kubeconfig, 'apply', '--server-side'];
  await run(kubectl, [...flags, '-f', await findServiceKind()]);
});

/** Edits WebApps one after the other and tells whoever has the requests, until it is disposed. */
class Edits implements AsyncDisposable {
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(namespace: string, route: Route) {
    this.#running = this.#run(namespace, route);
  }

  async #run(namespace: string, route: Route): Promise<void> {
    const { cluster: api } = cluster.admin;
    for (let count = 0; !this.#isOver; count++) {
      const name = `shop-${count % WEBAPPS}`;
      const port = 1_000 + (count % 50_000);
      const object = webappOf(namespace, name, { spec: { service: { type: 'ClusterIP', port } } });
      await api.apply(WEBAPP, object, { manager: 'kubectl', live: 'any' });
      const { path, headers = {}, body = '' } = eventAbout('WebApp', { namespace, name });
      const answer = await request(route.next() + path, { method: 'POST', headers, body });
      await answer.body.dump();
      await sleep(EDIT_EACH_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }
}

/** A release that forgot a right: it may not write Services. Returns the name of its ServiceAccount. */
async function accountWithoutServices(): Promise<string> {
  const { cluster: api } = cluster.admin;
  const name = `worse-${randomBytes(3).toString('hex')}`;
  const roles = FUNCTION_ROLES.map((role) => api.get(CLUSTER_ROLE, { namespace: '', name: role }));
  const rules = ((await Promise.all(roles)) as unknown as { rules: { resources: string[] }[] }[])
    .flatMap((role) => role.rules)
    .filter(({ resources }) => !resources.includes('services'));
  const { apiVersion } = CLUSTER_ROLE;
  const subjects = [{ kind: 'ServiceAccount', name, namespace: SYSTEM_NAMESPACE }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  await api.create(SERVICE_ACCOUNT, {
    ...{ apiVersion: 'v1', kind: 'ServiceAccount' },
    metadata: { name, namespace: SYSTEM_NAMESPACE },
  });
  await api.create(CLUSTER_ROLE, { apiVersion, kind: 'ClusterRole', metadata: { name }, rules });
  await api.create(CLUSTER_ROLE_BINDING, {
    ...{ apiVersion, kind: 'ClusterRoleBinding', metadata: { name }, subjects, roleRef },
  });
  return name;
}

async function environment(account: string, gateway: string) {
  const own = await environmentOf(cluster, account);
  return { ...own, FUNCTIONS: 'webapps,metrics', PUSHGATEWAY_URL: gateway };
}

test('what is worse is rolled back by itself, and what is as good is promoted', async (t) => {
  t.timeout(300_000);
  const key = { namespace: await freshNamespace(cluster), name: 'reconcile' };
  await using gateway = await startPushgateway();
  const target = { targets: [new URL(gateway.url).host] };
  const scrape = { job_name: 'pushed', honor_labels: true, static_configs: [target] };
  await using prometheus = await startPrometheus(
    JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: [scrape] }),
  );
  await using route = await Route.open(cluster, key);
  const good = await environment(SERVICE_ACCOUNTS.functions, gateway.url);
  await route.deploy('r-1', good);
  await using _edits = new Edits(key.namespace, route);
  const rollout = (...more: string[]) => rollOut(t, key, [...more, '--prometheus', prometheus.url]);

  await rollout('--pin');
  t.is(await route.traffic(), 'r-1=100');
  await route.deploy('r-2', await environment(await accountWithoutServices(), gateway.url));
  t.is(await route.traffic(), 'r-1=100', 'a revision that is only deployed gets no request');
  const back = await rollout();
  t.is(back.code, 1);
  t.regex(back.stdout, /^rolled back after [\d.]+ s: at 20 %: new \d+ of \d+ failed/m);
  t.is(await route.traffic(), 'r-1=100');

  await rollout('--pin');
  await route.deploy('r-3', good);
  const on = await rollout();
  t.is(on.code, 0);
  t.regex(on.stdout, /^promoted after/m);
  t.is(await route.traffic(), 'r-3=100');
});

const PACE = ['--steps', '20,50,100', '--step', '8', '--look', '2', '--patience', '60'];

async function rollOut(
  t: ExecutionContext,
  { namespace, name }: { namespace: string; name: string },
  more: readonly string[],
) {
  const where = ['-n', namespace, '--kubeconfig', cluster.kubeconfig];
  const ran = await webapp('.', ['rollout', name, ...where, ...PACE, '--min-visits', '5', ...more]);
  t.log(ran.stdout.trim());
  t.is(ran.stderr, '');
  return ran;
}
