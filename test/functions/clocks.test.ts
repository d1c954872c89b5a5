// Instances whose clocks differ, on one WebApp that fails: no attempt comes before its time.
import test from 'ava';
import { request } from 'undici';
import { readRetry } from '../../gitops/backoff.ts';
import { WEBAPP } from '../../gitops/kinds.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { SERVICE_ACCOUNTS } from '../../infra/install.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { eventAbout } from '../helpers/functions-entries.ts';
import { environmentOf, Instance } from '../helpers/functions-instance.ts';
import { askOfDeployments } from '../helpers/webhooks.ts';

const ATTEMPTS = 4;
const DEADLINE_MS = 60_000;
/** What an answer's Date header leaves open. */
const PRECISION_MS = 1_000;

/** Node's clock, so many milliseconds off. */
const shifted = (ms: number) =>
  `--import=data:text/javascript,const{now}=Date;Date.now=()=>now()+${ms}`;

async function startAll(cluster: TestCluster, clocks: readonly number[]): Promise<Instance[]> {
  const env = {
    ...(await environmentOf(cluster, SERVICE_ACCOUNTS.functions)),
    FUNCTIONS: 'webapps',
  };
  return Promise.all(
    clocks.map((ms) => Instance.start({ ...env, ...(ms !== 0 && { NODE_OPTIONS: shifted(ms) }) })),
  );
}

/** Tells an instance that the WebApp has changed. */
async function tell(url: string, key: ObjectKey): Promise<void> {
  const { path, headers = {}, body = null } = eventAbout(WEBAPP.kind, key);
  const answer = await request(url + path, { method: 'POST', headers, body });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${answer.statusCode}: ${text}`);
}

async function retryOf({ admin }: TestCluster, key: ObjectKey) {
  const live = await admin.cluster.get(WEBAPP, key);
  return live && readRetry(live.metadata, annotation(live, ANNOTATION.retry) ?? '', Date.now());
}

test('clocks ten minutes ahead and behind make nobody try before the time', async (t) => {
  const cluster = await testCluster();
  const namespace = await freshNamespace(cluster);
  const key = { namespace, name: 'shop' };
  const { admin } = cluster;
  await using _ = await askOfDeployments(cluster, [namespace]);
  const instances = await startAll(cluster, [600_000, 0, -600_000]);
  t.teardown(() => Promise.all(instances.map((one) => one.end('SIGKILL'))));
  await admin.cluster.create(WEBAPP, webapp(namespace, key.name));
  const seen: { from: number; to: number }[] = [];
  const begun = Date.now();
  // An attempt that a question does not know of was made after it was asked.
  let from = begun;
  while (seen.length < ATTEMPTS && Date.now() < begun + DEADLINE_MS) {
    for (const { url } of instances) await tell(url, key);
    const asked = Date.now();
    const made = (await retryOf(cluster, key))?.failures ?? 0;
    while (seen.length < made) seen.push({ from, to: Date.now() });
    from = asked;
  }
  t.log(seen.map(({ to }) => `${((to - begun) / 1_000).toFixed(1)} s`).join(', '));
  t.true(seen.length >= ATTEMPTS, 'attempts that are due are made');
  for (const [count, { from }] of seen.slice(0, -1).entries()) {
    const longestMs = (seen[count + 1]?.to ?? 0) - from;
    t.true(longestMs >= 1_000 * 2 ** count - PRECISION_MS, `${longestMs} ms after ${count + 1}`);
  }
  // The next one is not put off by what a clock is ahead.
  const waitMs = ((await retryOf(cluster, key))?.nextAttemptAt ?? 0) - Date.now();
  t.true(waitMs < 60_000, `${waitMs} ms`);
});
