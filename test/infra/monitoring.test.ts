// Rules, runbooks and dashboards say nothing of what is not there. That Prometheus takes them is test/metrics' to show.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import test from 'ava';
import { createMetrics } from '../../functions/metrics/metrics.ts';
import {
  allDashboards,
  allRules,
  type Dashboard,
  expressionsIn,
  filesIn,
  groupsIn,
  kubeStateNames,
  metricsIn,
  type Panel,
} from '../helpers/monitoring.ts';

const RUNBOOKS = join(import.meta.dirname, '../../docs/runbooks');
const BASE = 'https://github.com/example/webapp-operator/blob/main/docs/runbooks/';
/** Of Prometheus and of the Pushgateway. */
const THEIRS = ['up', 'ALERTS', 'push_time_seconds'];

const rules = await allRules();
const alerts = rules.filter(({ alert }) => alert !== undefined);
const dashboards = await allDashboards();
const ruleFiles = await filesIn('rules');

async function ourNames(): Promise<Set<string>> {
  const metrics = await createMetrics().registry.getMetricsAsJSON();
  const own = metrics.flatMap(({ name, type }) =>
    String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  const recorded = rules.flatMap(({ record }) => record ?? []);
  return new Set([...own, ...recorded, ...(await kubeStateNames()), ...THEIRS]);
}

test('the names in an expression are found', (t) => {
  const expr = `max by (kind) (a_total{x="b_total"} and on (job, y) (c == scalar(max(d:e:f))))
    unless sum(rate({__name__=~"g|h",i="j"}[5m])) > 0.5 or absent(k offset 5m)`;
  t.deepEqual(metricsIn(expr).sort(), ['a_total', 'c', 'd:e:f', 'g', 'h', 'k']);
});

for (const { alert, record, expr } of rules)
  test(`${alert ?? record} reads only metrics that there are`, async (t) => {
    const known = await ourNames();
    t.true(metricsIn(expr).length > 0);
    t.deepEqual(
      metricsIn(expr).filter((name) => !known.has(name)),
      [],
    );
  });

for (const dashboard of dashboards)
  test(`the dashboard ${dashboard.uid} reads only metrics that there are`, async (t) => {
    const known = await ourNames();
    const variables = dashboard.templating.list.flatMap(({ query }) =>
      typeof query === 'string' ? [] : [/^label_values\((\w+), \w+\)$/.exec(query.query)?.[1] ?? ''],
    );
    const names = expressionsIn(dashboard).flatMap(metricsIn);
    t.deepEqual(
      [...names, ...variables].filter((name) => !known.has(name)),
      [],
    );
  });

test('each alert has a severity, a summary, a description and its runbook', (t) => {
  for (const { alert, labels, annotations } of alerts) {
    t.true(['critical', 'warning'].includes(labels?.severity ?? ''), alert);
    t.true(Boolean(annotations?.summary && annotations.description), alert);
    t.is(annotations?.runbook_url, `${BASE}${alert}.md`);
  }
});

test('each alert has its page, and each page its alert', async (t) => {
  const pages = (await readdir(RUNBOOKS)).sort();
  t.deepEqual(pages, alerts.map(({ alert }) => `${alert}.md`).sort());
});

for (const file of ruleFiles)
  test(`${basename(file)} holds one group, named as the file`, async (t) => {
    const groups = await groupsIn(file);
    t.deepEqual(
      groups.map(({ name }) => `${name}.yaml`),
      [basename(file)],
    );
  });

for (const dashboard of dashboards) {
  const { uid, panels, templating, links } = dashboard;
  const withQueries = panels.filter(({ type }) => type !== 'row');

  test(`the dashboard ${uid}: ids, queries and variables fit together`, (t) => {
    t.is(new Set(panels.map(({ id }) => id)).size, panels.length);
    for (const { title, targets = [], datasource } of withQueries) {
      t.true(targets.length > 0, title);
      t.is(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
      for (const one of [...targets.map((target) => target.datasource), datasource])
        t.is(one?.uid, '${datasource}', title);
    }
    const used = new Set(usedIn(dashboard));
    const declared = templating.list.map(({ name }) => name);
    t.deepEqual([...used].sort(), [...declared].sort());
    t.like(templating.list[0], { name: 'datasource', type: 'datasource', query: 'prometheus' });
    const others = dashboards.map((one) => `/d/${one.uid}`);
    t.true(links.every(({ url }) => others.includes(url)));
  });

  test(`the dashboard ${uid}: no panel covers another or leaves the grid`, (t) => {
    for (const [i, panel] of panels.entries()) {
      const { x, w } = panel.gridPos;
      t.true(x >= 0 && x + w <= 24, panel.title);
      for (const other of panels.slice(i + 1)) t.false(overlap(panel, other), panel.title);
    }
  });
}

/** Names of variables that anything in the dashboard asks for; Grafana's own begin with two underscores. */
function usedIn(dashboard: Dashboard): string[] {
  const matches = JSON.stringify(dashboard).matchAll(/\$\{?([a-z]\w*)\}?/g);
  return [...matches].map(([, name = '']) => name);
}

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
