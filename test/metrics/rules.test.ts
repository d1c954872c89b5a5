// The shipped rules, as promtool and a real Prometheus read them, and the expressions of the dashboards.
import { readFile } from 'node:fs/promises';
import test from 'ava';
import { load } from 'js-yaml';
import { startPrometheus } from '../../infra/prometheus/start.ts';
import { eventually } from '../cluster/eventually.ts';
import { allDashboards, allRules, expressionsIn, filesIn } from '../helpers/monitoring.ts';
import { promtool, query, rulesOf } from './prometheus-api.ts';

interface AlertTests {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly object[];
    }[];
  }[];
}

test('promtool finds nothing wrong with the rules', async (t) => {
  const files = await filesIn('rules');
  const { code, text } = await promtool(['check', 'rules', '--lint=all', '--lint-fatal', ...files]);
  t.is(code, 0, text);
});

test('each rule does in its tests what it should', async (t) => {
  const { code, text } = await promtool(['test', 'rules', ...(await filesIn('tests'))]);
  t.is(code, 0, text);
});

test('each alert has a test in which it fires and one in which it does not', async (t) => {
  const files = (await filesIn('tests')).map(async (file) => load(await readFile(file, 'utf8')));
  const tests = ((await Promise.all(files)) as AlertTests[]).flatMap((file) => file.tests);
  const asked = (isFiring: boolean) =>
    tests.flatMap(({ alert_rule_test = [] }) =>
      alert_rule_test
        .filter(({ exp_alerts }) => exp_alerts.length > 0 === isFiring)
        .map(({ alertname }) => alertname),
    );
  const alerts = (await allRules()).flatMap(({ alert }) => alert ?? []).sort();
  t.deepEqual([...new Set(asked(true))].sort(), alerts);
  t.deepEqual([...new Set(asked(false))].sort(), alerts);
  t.log(`${asked(true).length} times firing, ${asked(false).length} times not`);
});

test('a real Prometheus evaluates all rules, and the expressions of all panels', async (t) => {
  await using prometheus = await startPrometheus(
    JSON.stringify({
      global: { evaluation_interval: '1s' },
      rule_files: await filesIn('rules'),
    }),
  );
  const loaded = await eventually('all rules are evaluated', async () => {
    const rules = await rulesOf(prometheus.url);
    return rules.length > 0 && rules.every(({ health }) => health !== 'unknown') && rules;
  });
  t.deepEqual(
    loaded.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => [name, lastError]),
    [],
  );
  t.is(loaded.length, (await allRules()).length);
  const expressions = (await allDashboards()).flatMap(expressionsIn);
  for (const expr of expressions) await t.notThrowsAsync(query(prometheus.url, expr), expr);
  t.log(`${loaded.length} rules, ${expressions.length} expressions of dashboards`);
});
