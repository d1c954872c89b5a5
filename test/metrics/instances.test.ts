// Twenty processes count two thousand reconciles and are killed meanwhile: the sum in Prometheus, which scrapes the
// Pushgateway, against what the API server's audit log says was done. What a process had not pushed is lost with it;
// nothing is counted twice.
import test from 'ava';
import pLimit from 'p-limit';
import { request } from 'undici';
import { WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { startPrometheus } from '../../infra/prometheus/start.ts';
import { startPushgateway } from '../../infra/pushgateway/start.ts';
import { eventually } from '../cluster/eventually.ts';
import { webapp } from '../cluster/objects.ts';
import { requestsOfFunctions } from '../helpers/audit.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { exposedBy, sum } from './exposed.ts';
import { Fleet } from './fleet.ts';
import { numberOf, query } from './prometheus-api.ts';

const INSTANCES = 20;
const WEBAPPS = 40;
const ROUNDS = 50;
/** A process is killed, and another one started, each time that so many reconciles were asked for. */
const KILL_EVERY = 160;

/** As infra/monitoring's pages tell to scrape a gateway, but more often. */
function scraping(gateway: string): string {
  return JSON.stringify({
    global: { scrape_interval: '1s' },
    scrape_configs: [
      {
        job_name: 'pushgateway',
        honor_labels: true,
        static_configs: [{ targets: [new URL(gateway).host] }],
      },
    ],
  });
}

/** Has all WebApps changed and reconciled in rounds, and returns the seconds that it took. */
async function work(cluster: TestCluster, namespace: string, fleet: Fleet): Promise<number> {
  const { cluster: api } = cluster.admin;
  let asked = 0;
  const follow = async (_: unknown, i: number) => {
    const key = { namespace, name: `shop-${i}` };
    const object = webapp(namespace, key.name, { spec: { replicas: 0 } });
    let live: KubeObject = await api.apply(WEBAPP, object, { manager: 'kubectl', live: undefined });
    for (let round = 0; round < ROUNDS; round++) {
      const kill = ++asked % KILL_EVERY === 0 && fleet.killAny();
      await Promise.all([fleet.deliver(key), kill]);
      const fields = { spec: { service: { type: 'ClusterIP', port: 1_000 + round } } };
      live = (await api.get(WEBAPP, key)) ?? live;
      if (round + 1 < ROUNDS) await api.patch(WEBAPP, live, { type: 'merge', fields });
    }
  };
  const start = performance.now();
  await pLimit(INSTANCES).map(Array.from({ length: WEBAPPS }), follow);
  return (performance.now() - start) / 1_000;
}

/** Each visit that did something has written the status, and no other request has. */
async function reconcilesIn(auditLog: string, namespace: string): Promise<number> {
  const requests = await requestsOfFunctions(auditLog);
  return requests.filter(
    (one) => one.what === 'patch webapps/status' && one.code === 200 && one.namespace === namespace,
  ).length;
}

/** Tells a count beside the truth. */
function told(what: string, counted: number, truth: number): string {
  const difference = counted - truth;
  const percent = ((difference / truth) * 100).toFixed(1);
  return `${what}: ${counted}, truth ${truth}, difference ${difference} (${percent} %)`;
}

/** Returns expressions of what was counted within so many seconds. */
function waysToCount(series: string, seconds: number) {
  const before = `last_over_time(${series}[1h] offset ${seconds}s)`;
  return {
    'Prometheus, sum()': `sum(${series})`,
    'Prometheus, sum(increase())': `round(sum(increase(${series}[${seconds}s])))`,
    'as the recording rules': `sum(${series} - (${before} <= ${series} or ${series} * 0))`,
  };
}

test('what twenty instances counted is what was done, but for the last second of the killed', async (t) => {
  const cluster = await testCluster();
  await using gateway = await startPushgateway();
  await using prometheus = await startPrometheus(scraping(gateway.url));
  await using fleet = await Fleet.start(INSTANCES, cluster, gateway.url);
  const namespace = await freshNamespace(cluster);
  const seconds = await work(cluster, namespace, fleet);
  await fleet.end();

  const success = { namespace, result: 'success' };
  const pushed = await exposedBy(gateway.url);
  const counted = sum(pushed, 'webapp_reconcile_total', success);
  const truth = await reconcilesIn(cluster.auditLog, namespace);
  t.log(`${INSTANCES} instances, ${fleet.kills} killed, ${Math.round(seconds)} s`);
  t.log(told('Pushgateway', counted, truth));
  t.true(truth >= WEBAPPS * ROUNDS * 0.95, 'a visit that failed is tried again in the next round');
  t.true(counted <= truth, 'nothing is counted twice');
  t.true(counted > truth * 0.9);
  t.is(sum(pushed, 'webapp_reconcile_duration_seconds_count', { namespace }), counted);
  const groups = pushed.filter(({ name }) => name === 'push_time_seconds').length;
  // One that was killed before its first push has none.
  t.true(groups >= INSTANCES && groups <= INSTANCES + fleet.kills, `${groups} groups`);

  const series = `webapp_reconcile_total{namespace="${namespace}",result="success"}`;
  const read = (expr: string) => numberOf(prometheus.url, expr);
  await eventually('Prometheus has read the last pushes', async () => {
    const isRead = (await read('count(push_time_seconds)')) === groups;
    return isRead && (await read(`sum(${series})`)) === counted;
  });
  const ways = waysToCount(series, Math.ceil(seconds) + 120);
  for (const [what, expr] of Object.entries(ways)) t.log(told(what, await read(expr), truth));
  t.is(await read(ways['as the recording rules']), counted);

  // As the tick removes the groups of the dead.
  const [dead] = await query(prometheus.url, `topk(1, sum by (instance) (${series}))`);
  const group = `${gateway.url}/metrics/job/webapp-functions/instance/${dead?.labels.instance}`;
  t.is((await request(group, { method: 'DELETE' })).statusCode, 202);
  await eventually('the group is gone', async () => (await read(`sum(${series})`)) < counted);
  t.is(
    await read(`sum(last_over_time(${series}[1h]))`),
    counted,
    'what the dead had counted stays',
  );
});
