// What is there for Prometheus, Grafana and kube-state-metrics is what infra/monitoring has, and found by them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { load } from 'js-yaml';
import { EVERYTHING, rendered, the } from './chart.ts';

const MONITORING = join(import.meta.dirname, '../../infra/monitoring');

test('Prometheus scrapes the functions under the name that the alerts ask for', async (t) => {
  const objects = await rendered(EVERYTHING);
  const { spec } = the<{ spec: { endpoints: [object]; selector: { matchLabels: object } } }>(
    objects,
    'ServiceMonitor',
    'webapp-operator',
  );
  t.like(spec.endpoints[0], { port: 'http', path: '/metrics', honorLabels: true });
  t.like(spec.endpoints[0], {
    relabelings: [{ targetLabel: 'job', replacement: 'webapp-operator' }],
  });
  for (const name of ['webapp-operator', 'webapp-operator-admission']) {
    const service = the<{ spec: { ports: { name: string }[] } }>(objects, 'Service', name);
    t.like(service.metadata.labels, spec.selector.matchLabels as Record<string, string>);
    t.true(service.spec.ports.some((port) => port.name === 'http'));
  }
});

test('every rule file is a PrometheusRule, word for word', async (t) => {
  const objects = await rendered({
    monitoring: { ...(EVERYTHING.monitoring as object), labels: { release: 'prometheus' } },
  });
  const files = await readdir(join(MONITORING, 'rules'));
  t.true(files.length > 0);
  for (const file of files) {
    const name = `webapp-operator-${file.replace('.yaml', '')}`;
    const rule = the<{ spec: object }>(objects, 'PrometheusRule', name);
    t.deepEqual(rule.spec, load(await readFile(join(MONITORING, 'rules', file), 'utf8')) as object);
    t.is(rule.metadata.labels?.release, 'prometheus');
  }
});

test('every dashboard is a ConfigMap that Grafana finds, and kube-state-metrics has its configuration', async (t) => {
  const objects = await rendered(EVERYTHING);
  const files = await readdir(join(MONITORING, 'dashboards'));
  t.true(files.length > 0);
  for (const file of files) {
    const name = `webapp-operator-${file.replace('.json', '')}-dashboard`;
    const map = the<{ data: Record<string, string> }>(objects, 'ConfigMap', name);
    t.is(map.metadata.labels?.grafana_dashboard, '1');
    const text = await readFile(join(MONITORING, 'dashboards', file), 'utf8');
    t.deepEqual(JSON.parse(map.data[file] ?? ''), JSON.parse(text));
  }
  const states = the<{ data: Record<string, string> }>(
    objects,
    'ConfigMap',
    'webapp-operator-kube-state-metrics',
  );
  const text = await readFile(join(MONITORING, 'kube-state-metrics.yaml'), 'utf8');
  t.deepEqual(load(states.data['config.yaml'] ?? ''), load(text));
});
