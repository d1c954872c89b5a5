// The functions write under admission like everybody: what it denies, or its being away, must never keep a visit from
// saying so, nor from going on when all is well again.
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { sha256 } from '../../gitops/io/digest.ts';
import { DEPLOYMENT, type Kind, NAMESPACE, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { PolicyReader } from '../../gitops/policy/reader.ts';
import { reconcile } from '../../gitops/reconcile/reconcile.ts';
import { ANNOTATION, type WebApp } from '../../gitops/webapp.ts';
import { eventually } from '../cluster/eventually.ts';
import { AT_MOST_THREE, policyFile, THREE_PODS } from '../helpers/policy-files.ts';
import { notedMeter } from '../helpers/policy-meter.ts';
import { conditionOf, UNHEARD } from '../reconcile/stage.ts';
import { optIn, stage } from './stage.ts';

const GUARD = {
  'webapps.yaml': policyFile(AT_MOST_THREE),
  'pods.yaml': policyFile(THREE_PODS),
};

/** A stage with the WebApp shop, and visits to it under the functions' rights. */
async function shop(t: ExecutionContext, spec: object, files: Record<string, string> = {}) {
  const it = await stage(t, files);
  t.is((await it.create('shop', spec)).code, 201);
  const key = { namespace: it.namespace, name: 'shop' };
  const clock = { now: Date.now, random: () => 0 };
  const policies = new PolicyReader({ hash: sha256, now: clock.now, believeMs: 0 });
  const surroundings = {
    policies,
    clock,
    meter: notedMeter(),
    handled: new Map(),
    corrections: new Map(),
    ...UNHEARD,
  };
  const cluster = it.as('functions');
  const world = { cluster, bookkeeping: cluster, ...surroundings };
  return {
    ...it,
    visit: () => reconcile({ key, kind: WEBAPP.kind, full: true }, world),
    read: (of: Kind) => it.admin.get(of, key),
    webapp: async () => (await it.admin.get(WEBAPP, key)) as WebApp,
    /** Changes the WebApp as a person does who may do all. */
    edit: async (fields: object) =>
      it.admin.patch(WEBAPP, (await it.admin.get(WEBAPP, key)) as KubeObject, {
        type: 'merge',
        fields,
      }),
  };
}

const RETRY = { metadata: { annotations: { [ANNOTATION.retry]: 'of an earlier failure' } } };

test('visit: what the gate lets pass, admission does too: children are made, changed and collected', async (t) => {
  const it = await shop(t, { replicas: 2 }, GUARD);
  t.is((await it.visit()).kind, 'settled');
  t.like((await it.read(DEPLOYMENT))?.spec, { replicas: 2 });
  t.truthy(await it.read(SERVICE));
  t.like((await it.webapp()).status.policy, { verdict: 'allowed' });
  await it.edit({ spec: { replicas: 3 } });
  t.is((await it.visit()).kind, 'settled');
  t.like((await it.read(DEPLOYMENT))?.spec, { replicas: 3 });
  await it.admin.delete(WEBAPP, await it.webapp());
  await eventually('the children are collected', async () => !(await it.read(DEPLOYMENT)));
});

test('visit: a policy that comes later is told in the status, though the WebApp itself breaks it', async (t) => {
  const it = await shop(t, { replicas: 5 });
  await it.edit(RETRY);
  await it.policies(GUARD);
  await t.throwsAsync(it.edit({ spec: { image: 'nginx:1.28' } }), { message: /denied request/ });
  t.is((await it.visit()).kind, 'stalled');
  const ready = conditionOf(await it.webapp(), 'Ready');
  t.like(ready, { status: 'False', reason: 'PolicyDenied' });
  t.is(await it.read(DEPLOYMENT), undefined);
  await it.edit({ spec: { replicas: 3 } });
  t.is((await it.visit()).kind, 'settled');
  t.like((await it.read(DEPLOYMENT))?.spec, { replicas: 3 });
});

test('visit: a webhook that is away, with failurePolicy Fail, is told and waited for', async (t) => {
  const it = await shop(t, { replicas: 2 });
  await it.configure({ clientConfig: { url: 'https://127.0.0.1:1/admission' } });
  await eventually('it is away', async () => (await it.create('other', {}, true)).code === 500);
  const outcome = await it.visit();
  t.is(outcome.kind, 'retry');
  const ready = conditionOf(await it.webapp(), 'Ready');
  t.is(ready?.status, 'False');
  t.regex(ready?.message ?? '', /failed calling webhook "children.admission.example.com"/);
  await it.configure({});
  await eventually('it is back', async () => (await it.create('other', {}, true)).code === 201);
  t.is((await it.visit()).kind, 'settled');
  t.truthy(await it.read(DEPLOYMENT));
});

test('outage: Ignore lets all pass, and so does a namespace that opts out', async (t) => {
  const it = await stage(t, GUARD);
  const tooMany = () => it.create('shop', { replicas: 12 }, true);
  t.is((await tooMany()).code, 422);
  const away = { clientConfig: { url: 'https://127.0.0.1:1/admission' } };
  await it.configure({ ...away, failurePolicy: 'Ignore' });
  await eventually('it is ignored', async () => (await tooMany()).code === 201);
  await it.configure(away);
  await eventually('it fails', async () => (await tooMany()).code === 500);
  t.regex((await tooMany()).message, /failed calling webhook "webapps.admission.example.com"/);
  await optIn(it.admin, it.namespace, null);
  await eventually('nobody is asked', async () => (await tooMany()).code === 201);
});

test('outage: a namespace whose policies are broken can be deleted all the same', async (t) => {
  const it = await shop(t, { replicas: 2 }, GUARD);
  t.is((await it.visit()).kind, 'settled');
  await it.policies({ 'broken.yaml': '{' });
  const live = await it.webapp();
  await t.throwsAsync(it.admin.delete(WEBAPP, live), { message: /cannot be read: broken.yaml:1:/ });
  const name = it.namespace;
  const namespace = (await it.admin.get(NAMESPACE, { namespace: '', name })) as KubeObject;
  await it.admin.delete(NAMESPACE, namespace);
  await eventually(
    'the namespace is gone',
    async () => !(await it.admin.get(NAMESPACE, { namespace: '', name })),
  );
});

test('renewal: the API server is answered with the new certificate, without a restart', async (t) => {
  const it = await stage(t, GUARD);
  const tooMany = () => it.create('shop', { replicas: 12 }, true);
  t.is((await tooMany()).code, 422);
  await it.admission.renew();
  await eventually('the new certificate is shown', async () => {
    await sleep(50);
    return (await it.admission.shown()) === 'second';
  });
  t.is((await tooMany()).code, 422);
});
