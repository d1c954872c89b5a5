// A WebApp from its first visit on.
import test from 'ava';
import { dueWebApp } from '../../functions/tick/due-webapp.ts';
import { ApiError } from '../../gitops/api-error.ts';
import { DEPLOYMENT, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { changesOf, conditionOf, readyStage, specOf, stage } from './stage.ts';

const HOUR_MS = 3_600_000;

export function visits(the: () => Bench): void {
  first(the);
  later(the);
  suspension(the);
}

function first(the: () => Bench): void {
  test('the first visit makes a Deployment and a Service and says Progressing', async (t) => {
    const it = await stage(the(), { replicas: 2 });
    t.deepEqual(changesOf(await it.visit()), ['create Deployment', 'create Service']);
    t.deepEqual(it.count.requests, [
      'get WebApp shop',
      'list ValidatingAdmissionPolicy',
      'apply Deployment shop',
      'apply Service shop',
      'applyStatus WebApp shop',
    ]);
    const webapp = await it.webapp();
    t.like(webapp.status, { observedGeneration: 1, phase: 'Progressing', readyReplicas: 0 });
    t.like(conditionOf(webapp, 'Ready'), { status: 'False', reason: 'Progressing' });
    t.is(conditionOf(webapp, 'Reconciling')?.status, 'True');
    t.is(conditionOf(webapp, 'Stalled'), undefined);
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 2);
    t.like(specOf(await it.read(SERVICE)), { type: 'ClusterIP' });
  });

  test('it is Ready once its pods run, and a visit that finds nothing to do writes nothing', async (t) => {
    const { bench, ...it } = await stage(the(), { replicas: 2 });
    await it.visit();
    await bench.rolledOut(it.key);
    t.deepEqual(changesOf(await it.visit(DEPLOYMENT)), []);
    t.deepEqual(it.count.writes(), ['applyStatus WebApp shop']);
    const webapp = await it.webapp();
    t.like(webapp.status, { phase: 'Ready', replicas: 2, readyReplicas: 2 });
    t.is(conditionOf(webapp, 'Ready')?.status, 'True');
    t.is(conditionOf(webapp, 'Reconciling'), undefined);

    t.is((await it.visit()).kind, 'quiet');
    t.deepEqual(it.count.requests, ['get WebApp shop']);
    t.is((await it.visit(DEPLOYMENT)).kind, 'quiet');
    t.deepEqual(it.count.requests, ['get Deployment shop']);
    t.deepEqual(changesOf(await it.visit(WEBAPP, { full: true })), []);
    t.deepEqual(it.count.writes(), []);
    t.deepEqual(await it.webapp(), webapp);
  });

  test('a WebApp with everything comes to rest', async (t) => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'EMPTY', value: '' },
      { name: 'FROM', valueFrom: { configMapKeyRef: { name: 'c', key: 'k', optional: true } } },
    ];
    const resources = {
      requests: { cpu: '0.5', memory: '0.5Gi' },
      limits: { cpu: '1000m', memory: '1Gi' },
    };
    const probe = { path: '/healthz' };
    const service = { port: 8080, type: 'NodePort' };
    const host = { host: 'shop.example', tlsSecretName: 'tls', ingressClassName: 'nginx' };
    const autoscaling = { minReplicas: 2, maxReplicas: 5 };
    const profile = { securityProfile: 'restricted' };
    const all = { env, resources, probe, service, ...host, autoscaling, ...profile };
    const it = await readyStage(the(), all);
    t.deepEqual(changesOf(await it.visit(WEBAPP, { full: true })), []);
    t.deepEqual(it.count.writes(), []);
    t.is((await it.webapp()).status.phase, 'Ready');
  });
}

function later(the: () => Bench): void {
  test('a new image is one write to the Deployment', async (t) => {
    const it = await readyStage(the());
    await it.edit({ spec: { image: 'nginx:1.28' } });
    t.deepEqual(changesOf(await it.visit()), ['apply Deployment']);
    t.deepEqual(it.count.writes(), ['apply Deployment shop', 'applyStatus WebApp shop']);
    t.like(await it.webapp(), { status: { observedGeneration: 2, phase: 'Progressing' } });
    t.regex(JSON.stringify(await it.read(DEPLOYMENT)), /"image":"nginx:1.28"/);
  });

  test('R14: of a change that was taken back before it was seen, no child hears', async (t) => {
    const it = await readyStage(the());
    const before = await it.read(SERVICE);
    const deployment = await it.read(DEPLOYMENT);
    await it.edit({ spec: { image: 'nginx:1.28', port: 8080 } });
    await it.edit({ spec: { image: 'nginx:1.27', port: 80 } });
    t.deepEqual(changesOf(await it.visit()), []);
    t.deepEqual(it.count.writes(), ['applyStatus WebApp shop']);
    t.deepEqual(await it.read(SERVICE), before);
    t.deepEqual(await it.read(DEPLOYMENT), deployment);
    t.like(await it.webapp(), { status: { observedGeneration: 3, phase: 'Ready' } });
    t.is((await it.visit()).kind, 'quiet');
  });

  test('what is taken out of the spec is taken out of the Deployment', async (t) => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ];
    const it = await readyStage(the(), { env, probe: { path: '/up' } });
    await it.edit({ spec: { env: [env[1]], probe: null } });
    await it.visit();
    const text = JSON.stringify(specOf(await it.read(DEPLOYMENT)));
    t.regex(text, /"name":"B"/);
    t.notRegex(text, /"name":"A"|readinessProbe|livenessProbe|startupProbe/);
    await it.bench.rolledOut(it.key);
    await it.visit(DEPLOYMENT);
    t.deepEqual(changesOf(await it.visit(WEBAPP, { full: true })), []);
  });

  test('a revision and a request are answered in the status', async (t) => {
    const it = await readyStage(the());
    const annotations = { [ANNOTATION.revision]: 'main@sha1:abc', [ANNOTATION.requestedAt]: 'now' };
    await it.edit({ metadata: { annotations } });
    t.deepEqual(changesOf(await it.visit()), []);
    t.deepEqual(it.count.writes(), ['applyStatus WebApp shop']);
    const { status } = await it.webapp();
    t.like(status, { lastAppliedRevision: 'main@sha1:abc', lastHandledReconcileAt: 'now' });
    t.is((await it.visit()).kind, 'quiet');
  });

  test('a process that was killed loses nothing but a few reads', async (t) => {
    const it = await readyStage(the());
    it.restart();
    t.deepEqual(changesOf(await it.visit(DEPLOYMENT)), []);
    t.deepEqual(it.count.requests, ['get Deployment shop', 'get WebApp shop']);
    t.is((await it.visit(DEPLOYMENT)).kind, 'quiet');
  });

  test('a WebApp that is gone, or on its way out, is left alone', async (t) => {
    const it = await readyStage(the());
    const held = await it.edit({ metadata: { finalizers: ['example.org/hold'] } });
    await it.bench.admin.delete(WEBAPP, held);
    t.is((await it.visit()).kind, 'gone');
    t.deepEqual(it.count.requests, ['get WebApp shop']);
    await it.edit({ metadata: { finalizers: null } });
    it.restart();
    for (const kind of [WEBAPP, DEPLOYMENT, SERVICE]) {
      t.is((await it.visit(kind)).kind, 'gone');
      t.deepEqual(it.count.writes(), []);
    }
  });
}

function suspension(the: () => Bench): void {
  test('while it is suspended, children are left as they are', async (t) => {
    const it = await readyStage(the(), { replicas: 2 });
    await it.edit({ spec: { suspend: true, replicas: 3 } });
    await it.visit();
    t.deepEqual(it.count.writes(), ['applyStatus WebApp shop']);
    const webapp = await it.webapp();
    t.like(webapp.status, { phase: 'Suspended', readyReplicas: 2, observedGeneration: 2 });
    t.like(conditionOf(webapp, 'Ready'), { status: 'Unknown', reason: 'Suspended' });

    const service = await it.read(SERVICE);
    if (service) await it.bench.admin.delete(SERVICE, service);
    for (const kind of [SERVICE, WEBAPP]) {
      await it.visit(kind, { full: true });
      t.deepEqual(it.count.writes(), []);
    }
    t.is(await it.read(SERVICE), undefined);

    await it.edit({ spec: { suspend: false } });
    t.deepEqual(changesOf(await it.visit()), ['apply Deployment', 'create Service']);
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 3);
  });

  test('one that is suspended while it backs off is due no more', async (t) => {
    const it = await stage(the());
    const refuse = async () => {
      throw new ApiError('PATCH /x', 503, { message: 'later' });
    };
    it.through((cluster) => withMethods(cluster, { apply: refuse }));
    t.is((await it.visit()).kind, 'retry');
    t.not(annotation(await it.webapp(), ANNOTATION.retry), '');
    await it.edit({ spec: { suspend: true } });
    it.restart();
    t.is((await it.visit()).kind, 'settled');
    t.deepEqual(it.count.writes(), ['patch WebApp shop', 'applyStatus WebApp shop']);
    const webapp = await it.webapp();
    t.is(annotation(webapp, ANNOTATION.retry), '');
    t.is(webapp.status.phase, 'Suspended');
    t.is(dueWebApp(webapp, { now: it.now(), tickMs: 0, driftMs: HOUR_MS }), undefined);
    t.is((await it.visit()).kind, 'quiet');
    t.deepEqual(it.count.writes(), []);

    await it.edit({ spec: { suspend: false } });
    t.deepEqual(changesOf(await it.visit()), ['create Deployment', 'create Service']);
  });
}
