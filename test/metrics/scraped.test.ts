// The functions' own /metrics, scraped by a real Prometheus: the names and buckets, and an alert that really fires.
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { request } from 'undici';
import { createApp } from '../../functions/app.ts';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { WEBAPP } from '../../gitops/kinds.ts';
import { startPrometheus } from '../../infra/prometheus/start.ts';
import { eventually } from '../cluster/eventually.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { eventAbout, TOKEN } from '../helpers/functions-entries.ts';
import { listen } from '../helpers/listen.ts';
import { allRules } from '../helpers/monitoring.ts';
import { alertsOf, numberOf, promtool, query } from './prometheus-api.ts';

const BUCKETS = {
  webapp_reconcile_duration_seconds_bucket: [0.1, 0.5, 1, 2.5, 5, 10],
  webapp_creation_duration_seconds_bucket: [1, 5, 10, 30, 60, 120, 300],
};

async function openFunctions() {
  const config = readConfig({ EVENT_TOKEN: TOKEN, FUNCTIONS: 'events,metrics' });
  const { functions } = await testCluster();
  return listen(createApp(createContext(config, functions, createLog('silent'))));
}

/** Writes the shipped alert with another patience, and returns the file. */
async function impatient(alert: string, wait: string): Promise<string> {
  const rules = (await allRules()).filter((rule) => rule.alert === alert);
  const file = join(tmpdir(), `webapp-rules-${process.pid}.yaml`);
  const copies = rules.map((rule) => ({ ...rule, for: wait }));
  await writeFile(file, JSON.stringify({ groups: [{ name: alert, rules: copies }] }));
  return file;
}

test('Prometheus reads the functions, and tells when they are gone', async (t) => {
  const functions = await openFunctions();
  const cluster = await testCluster();
  const key = { namespace: await freshNamespace(cluster), name: 'shop' };
  const object = webapp(key.namespace, key.name);
  await cluster.admin.cluster.apply(WEBAPP, object, { manager: 'kubectl', live: undefined });
  const { path, headers = {}, body = '' } = eventAbout('WebApp', key);
  const answer = await request(`${functions.url}${path}`, { method: 'POST', headers, body });
  t.is(answer.statusCode, 200, await answer.body.text());

  const shown = await (await request(`${functions.url}/metrics`)).body.text();
  t.deepEqual(await promtool(['check', 'metrics'], shown), { code: 0, text: '' });

  const job = 'webapp-operator';
  const targets = [functions.url.replace('http://', '')];
  await using prometheus = await startPrometheus(
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [await impatient('WebAppOperatorDown', '2s')],
      scrape_configs: [{ job_name: job, honor_labels: true, static_configs: [{ targets }] }],
    }),
  );
  const own = `namespace="${key.namespace}"`;
  const total = `webapp_reconcile_total{job="${job}",${own},name="shop",result="success"}`;
  await eventually('it is scraped', async () => (await numberOf(prometheus.url, total)) === 1);
  for (const [name, bounds] of Object.entries(BUCKETS)) {
    const found = await query(prometheus.url, `${name}{${own}}`);
    const expected = [...bounds, Number.POSITIVE_INFINITY];
    t.deepEqual(
      found
        .map(({ labels }) => Number(labels.le?.replace('+Inf', 'Infinity')))
        .sort((a, b) => a - b),
      expected,
      name,
    );
  }
  // The rules may have been evaluated before the first scrape.
  await eventually('no alert is left', async () => (await alertsOf(prometheus.url)).length === 0);

  functions[Symbol.dispose]();
  const start = performance.now();
  const alert = await eventually('the alert fires', async () =>
    (await alertsOf(prometheus.url)).find(({ state }) => state === 'firing'),
  );
  t.like(alert.labels, { alertname: 'WebAppOperatorDown', severity: 'critical', job });
  t.log(`WebAppOperatorDown fires ${((performance.now() - start) / 1_000).toFixed(1)} s later`);
});
