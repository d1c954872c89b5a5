// What the functions count, as Prometheus reads it.
import test from 'ava';
import { request } from 'undici';
import { createApp } from '../../functions/app.ts';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { POLICY_BUNDLE, WEBAPP } from '../../gitops/kinds.ts';
import { LABEL } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { eventAbout, TOKEN } from '../helpers/functions-entries.ts';
import { listen } from '../helpers/listen.ts';
import { AT_MOST_THREE, policyFile } from '../helpers/policy-files.ts';

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

/** Lines of samples, without what is said about them. */
const samples = (text: string) =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('every series is there from the start', async (t) => {
  using app = await open();
  const { status, type, text } = await app.metrics();
  t.is(status, 200);
  t.regex(type, /^text\/plain; version=0\.0\.4/);
  const series = (name: string, labels: readonly string[]) =>
    labels.map((label) => `${name}{${label}} 0`);
  const verdicts = ['allowed', 'warned', 'denied', 'unknown'];
  t.deepEqual(samples(text).sort(), [
    ...series('webapp_policy_parity_mismatches_total', ['gate="sync"', 'gate="visit"']),
    ...series(
      'webapp_policy_verdicts_total',
      ['admission', 'sync', 'visit']
        .flatMap((gate) => verdicts.map((verdict) => `gate="${gate}",verdict="${verdict}"`))
        .sort(),
    ),
  ]);
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
  t.deepEqual(
    samples(text).filter((line) => !line.endsWith(' 0')),
    ['webapp_policy_verdicts_total{gate="visit",verdict="denied"} 1'],
  );
  t.notRegex(text, /shop|at-most-three|foo|apps/);
  const elsewhere = samples((await other.metrics()).text);
  t.true(
    elsewhere.every((line) => line.endsWith(' 0')),
    'each application counts for itself',
  );
});

test('who does not serve metrics does not show them', async (t) => {
  using app = await open('events');
  t.is((await app.metrics()).status, 404);
});
