// What the functions count, as Prometheus reads it.
import test from 'ava';
import { request } from 'undici';
import { createApp } from '../../functions/app.ts';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { VERSION } from '../../functions/version.ts';
import { POLICY_BUNDLE, WEBAPP } from '../../gitops/kinds.ts';
import { LABEL } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { eventAbout, TOKEN } from '../helpers/functions-entries.ts';
import { listen } from '../helpers/listen.ts';
import { AT_MOST_THREE, policyFile } from '../helpers/policy-files.ts';
import { samplesIn } from '../metrics/exposed.ts';

async function open(functions = 'events,metrics') {
  const config = readConfig({ EVENT_TOKEN: TOKEN, FUNCTIONS: functions, LOG_LEVEL: 'silent' });
  const { functions: kubeConfig } = await testCluster();
  const server = await listen(createApp(createContext(config, kubeConfig, createLog('silent'))));
  const metrics = async () => {
    const { statusCode, headers, body } = await request(`${server.url}/metrics`);
    return { status: statusCode, type: String(headers['content-type']), text: await body.text() };
  };
  return { url: server.url, metrics, [Symbol.dispose]: () => server[Symbol.dispose]() };
}

/** Lines of counters that are not at zero. */
const countedIn = (text: string) =>
  text
    .split('\n')
    .filter((line) => /^\w+_total\b.* (?!0$)\S+$/.test(line))
    .sort();

const times = (name: string, groups: readonly string[], labels: readonly string[]) =>
  groups.flatMap((group) => labels.map((label) => `${name} ${group} ${label}`));

const EVERY_COUNTER = [
  'webapp_dead_letters_total ',
  ...times('webapp_errors_total', ['WebApp', 'WebAppSource'], ['retry', 'stalled', 'unrecorded']),
  ...['retry', 'stalled', 'success', 'unfinished', 'unrecorded'].map(
    (result) => `webapp_git_syncs_total ${result}`,
  ),
  ...['sync', 'visit'].map((gate) => `webapp_policy_parity_mismatches_total ${gate}`),
  ...times(
    'webapp_policy_verdicts_total',
    ['admission', 'sync', 'visit'],
    ['allowed', 'denied', 'unknown', 'warned'],
  ),
  'webapp_pushgateway_failures_total ',
  ...times(
    'webapp_reconcile_total',
    ['_other _other'],
    ['retry', 'stalled', 'success', 'unrecorded'],
  ),
  ...['400', '401', '403', '413', '415'].map((status) => `webapp_refused_requests_total ${status}`),
  'webapp_retries_total WebApp',
  'webapp_retries_total WebAppSource',
  'webapp_tick_failures_total WebApp',
  'webapp_tick_failures_total WebAppSource',
  ...times('webapp_tick_visits_total', ['WebApp'], ['drift', 'progressing', 'retry', 'unobserved']),
  ...times('webapp_tick_visits_total', ['WebAppSource'], ['drift', 'moved', 'retry', 'unobserved']),
];

test('every series is there from the start', async (t) => {
  using app = await open();
  const { status, type, text } = await app.metrics();
  t.is(status, 200);
  t.regex(type, /^text\/plain; version=0\.0\.4/);
  const counters = samplesIn(text).filter(({ name }) => name.endsWith('_total'));
  t.true(counters.every(({ value }) => value === 0));
  const lines = counters.map(({ name, labels }) => `${name} ${Object.values(labels).join(' ')}`);
  t.deepEqual(lines.sort(), EVERY_COUNTER);
  t.deepEqual(
    samplesIn(text).filter(({ value }) => value !== 0),
    [{ name: 'webapp_build_info', labels: { version: VERSION, revision: '' }, value: 1 }],
  );
});

test('a verdict of a visit is counted, and nothing of a repository is in it', async (t) => {
  const { admin } = await testCluster();
  const namespace = await freshNamespace(await testCluster());
  const labels = { [LABEL.source]: 'apps' };
  const shop = webapp(namespace, 'shop', { metadata: { labels }, spec: { replicas: 12 } });
  await admin.cluster.apply(WEBAPP, shop, { manager: 'kubectl', live: undefined });
  const { apiVersion, kind } = POLICY_BUNDLE;
  const files = [{ path: 'policies/x"}\nfoo 9.yaml', text: policyFile(AT_MOST_THREE) }];
  await admin.cluster.create(POLICY_BUNDLE, {
    ...{ apiVersion, kind, metadata: { namespace, name: 'apps' } },
    spec: { revision: 'main@sha1:0', digest: '0', files },
  });
  using app = await open();
  using other = await open();
  const { path, headers = {}, body = '' } = eventAbout('WebApp', { namespace, name: 'shop' });
  const answer = await request(`${app.url}${path}`, { method: 'POST', headers, body });
  t.deepEqual(await answer.body.json(), { outcome: 'stalled' });
  const { text } = await app.metrics();
  t.deepEqual(countedIn(text), [
    'webapp_errors_total{kind="WebApp",type="stalled"} 1',
    'webapp_policy_verdicts_total{gate="visit",verdict="denied"} 1',
    `webapp_reconcile_total{namespace="${namespace}",name="shop",result="stalled"} 1`,
  ]);
  t.notRegex(text, /at-most-three|foo|apps/);
  t.deepEqual(countedIn((await other.metrics()).text), [], 'each application counts for itself');
});

test('who does not serve metrics does not show them', async (t) => {
  using app = await open('events');
  t.is((await app.metrics()).status, 404);
});
