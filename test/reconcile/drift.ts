// What others do to the children, and what the spec asks for later.
import test from 'ava';
import { AUTOSCALER, DEPLOYMENT, INGRESS, type Kind, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { Bench } from '../cluster/bench.ts';
import { eventually } from '../cluster/eventually.ts';
import { changesOf, readyStage, specOf } from './stage.ts';

interface Drift {
  readonly kind: Kind;
  readonly fields: object;
  /** More of the WebApp's spec. */
  readonly spec?: object;
  /** The one write that mends it. */
  readonly write: string;
  /** What must be in the JSON of the child afterwards, and what must not. */
  readonly has: RegExp;
  readonly hasNot: RegExp;
}

const port = { name: 'http', protocol: 'TCP', targetPort: 'http' };
const container = { name: 'web', image: 'nginx:1.27' };
const pod = (content: object) => ({
  spec: { template: { spec: { containers: [{ ...container, ...content }] } } },
});

const drifts: Record<string, Drift> = {
  'scaled by hand': {
    kind: DEPLOYMENT,
    fields: { spec: { replicas: 5 } },
    write: 'apply Deployment shop',
    has: /"replicas":2/,
    hasNot: /"replicas":5/,
  },
  'another image': {
    kind: DEPLOYMENT,
    fields: pod({ image: 'evil:1', ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }] }),
    write: 'apply Deployment shop',
    has: /"image":"nginx:1.27"/,
    hasNot: /evil/,
  },
  'another number of the container port': {
    kind: DEPLOYMENT,
    fields: pod({ ports: [{ name: 'http', containerPort: 81, protocol: 'TCP' }] }),
    write: 'patch Deployment shop',
    has: /"containerPort":80[,}]/,
    hasNot: /"containerPort":81/,
  },
  'another number of the Service port': {
    kind: SERVICE,
    fields: { spec: { ports: [{ ...port, port: 81 }] } },
    write: 'patch Service shop',
    has: /"port":80[,}]/,
    hasNot: /"port":81/,
  },
  'another target of the Service port': {
    kind: SERVICE,
    fields: { spec: { ports: [{ ...port, port: 80, targetPort: 9 }] } },
    write: 'apply Service shop',
    has: /"targetPort":"http"/,
    hasNot: /"targetPort":9/,
  },
  'a selector with another value': {
    kind: SERVICE,
    fields: { spec: { selector: { 'app.kubernetes.io/name': 'other' } } },
    write: 'apply Service shop',
    has: /"app.kubernetes.io\/name":"shop"/,
    hasNot: /other/,
  },
  'a selector that asks for more': {
    kind: SERVICE,
    fields: { spec: { selector: { version: 'blue' } } },
    write: 'apply Service shop',
    has: /"app.kubernetes.io\/name":"shop"/,
    hasNot: /blue/,
  },
  'another host of the Ingress': {
    kind: INGRESS,
    spec: { host: 'a.example' },
    fields: { spec: { rules: [{ host: 'b.example' }] } },
    write: 'apply Ingress shop',
    has: /"host":"a.example".*"pathType":"Prefix"/,
    hasNot: /b\.example/,
  },
  'another range of the autoscaler': {
    kind: AUTOSCALER,
    spec: {
      autoscaling: { minReplicas: 2, maxReplicas: 4 },
      resources: { requests: { cpu: '100m' } },
    },
    fields: { spec: { maxReplicas: 99 } },
    write: 'apply HorizontalPodAutoscaler shop',
    has: /"maxReplicas":4[,}]/,
    hasNot: /99/,
  },
  'a label taken off': {
    kind: SERVICE,
    fields: { metadata: { labels: { 'app.kubernetes.io/managed-by': null } } },
    write: 'apply Service shop',
    has: /"app.kubernetes.io\/managed-by":"webapp-operator"/,
    hasNot: /never/,
  },
};

export function drift(the: () => Bench): void {
  for (const [title, { kind, spec, fields, write, has, hasNot }] of Object.entries(drifts)) {
    test(`${title} is put right in one write`, async (t) => {
      const it = await readyStage(the(), { replicas: 2, ...spec });
      await it.bench.edit(kind, it.key, fields);
      // The controllers of a real Deployment write to it too; without them there is no conflict.
      if (kind === DEPLOYMENT) await it.bench.rolledOut(it.key);
      await it.visit(kind);
      const writes = it.count.writes().filter((line) => !line.startsWith('applyStatus'));
      // On the real cluster the kind's own controller may come in between, and then it is tried again.
      t.deepEqual(it.bench.name === 'real' ? [...new Set(writes)] : writes, [write]);
      const child = await it.read(kind);
      const text = JSON.stringify([child?.metadata.labels, child?.spec]);
      t.regex(text, has);
      t.notRegex(text, hasNot);
    });
  }

  for (const kind of [DEPLOYMENT, SERVICE, INGRESS]) {
    test(`a ${kind.kind} that is deleted comes back`, async (t) => {
      const it = await readyStage(the(), { host: 'a.example' });
      const child = await it.read(kind);
      if (child) await it.bench.admin.delete(kind, child);
      t.deepEqual(changesOf(await it.visit(kind)), [`create ${kind.kind}`]);
      const back = await it.read(kind);
      t.truthy(back);
      t.not(back?.metadata.uid, child?.metadata.uid);
    });
  }

  for (const kind of [DEPLOYMENT, SERVICE]) {
    test(`a label and an annotation that others put on a ${kind.kind} stay`, async (t) => {
      const it = await readyStage(the());
      const metadata = { labels: { team: 'red' }, annotations: { 'example.org/note': 'keep' } };
      await it.bench.edit(kind, it.key, { metadata });
      await it.bench.rolledOut(it.key);
      t.deepEqual(changesOf(await it.visit(kind, { full: true })), []);
      t.deepEqual(it.count.writes(), []);
      await it.edit({ spec: { port: 8080 } });
      t.deepEqual(changesOf(await it.visit()), ['apply Deployment', 'apply Service']);
      t.like(await it.read(kind), { metadata });
    });
  }

  test('an Ingress comes with a host, follows it, and goes with it', async (t) => {
    const it = await readyStage(the());
    await it.edit({ spec: { host: 'a.example' } });
    t.deepEqual(changesOf(await it.visit()), ['create Ingress']);
    await it.edit({ spec: { host: 'b.example' } });
    t.deepEqual(changesOf(await it.visit()), ['apply Ingress']);
    const [rule] = specOf(await it.read(INGRESS)).rules as { host: string }[];
    t.is(rule?.host, 'b.example');
    await it.edit({ spec: { host: null } });
    t.deepEqual(changesOf(await it.visit()), ['delete Ingress']);
    t.is(await it.read(INGRESS), undefined);
  });

  test('an Ingress that somebody made is neither taken nor deleted without a host', async (t) => {
    const it = await readyStage(the());
    const { namespace, name } = it.key;
    const spec = { defaultBackend: { service: { name: 'other', port: { number: 80 } } } };
    const { apiVersion, kind } = INGRESS;
    const theirs = { apiVersion, kind, metadata: { namespace, name }, spec };
    await it.bench.admin.apply(INGRESS, theirs, { manager: 'kubectl', live: undefined });
    t.deepEqual(changesOf(await it.visit(WEBAPP, { full: true })), []);
    t.truthy(await it.read(INGRESS));
  });

  test('an autoscaler alone decides the replicas, until it is taken out', async (t) => {
    const it = await readyStage(the(), { replicas: 3, resources: { requests: { cpu: '100m' } } });
    const autoscaling = { minReplicas: 2, maxReplicas: 9, cpuPercent: 50 };
    await it.edit({ spec: { autoscaling } });
    t.deepEqual(changesOf(await it.visit()), ['create HorizontalPodAutoscaler']);
    t.like(specOf(await it.read(AUTOSCALER)), { minReplicas: 2, maxReplicas: 9 });
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 3);

    await it.bench.edit(DEPLOYMENT, it.key, { spec: { replicas: 7 } });
    await it.bench.rolledOut(it.key);
    // Once the autoscaler has written the field we let go of it, and then there is nothing left to do.
    await eventually('nothing is left to do', async () => {
      return changesOf(await it.visit(WEBAPP, { full: true })).length === 0;
    });
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 7);

    await it.edit({ spec: { autoscaling: null } });
    const changes = changesOf(await it.visit());
    t.deepEqual(changes, ['apply Deployment', 'delete HorizontalPodAutoscaler']);
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 3);
    t.is(await it.read(AUTOSCALER), undefined);
  });

  test('with an autoscaler from the start, the Deployment starts with its least', async (t) => {
    const resources = { requests: { cpu: '100m' } };
    const autoscaling = { minReplicas: 2, maxReplicas: 9 };
    const it = await readyStage(the(), { replicas: 5, resources, autoscaling });
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 2);
  });
}
