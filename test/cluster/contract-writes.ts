// The half of the contract that is about what a write leaves behind.
import test from 'ava';
import { ApiError, isRejection } from '../../gitops/api-error.ts';
import { DEPLOYMENT, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import { appliedFields, type FieldSet } from '../../gitops/objects.ts';
import { OPERATOR } from '../../gitops/webapp.ts';
import type { Bench } from './bench.ts';
import { deploymentOf, keyOf, service, spec, webapp } from './objects.ts';

const manager = 'tester';
const READY = {
  type: 'Ready',
  status: 'True',
  lastTransitionTime: '2026-01-02T03:04:05Z',
  reason: 'Fine',
  message: '',
};

/** Fields that are refused, and what is said of which. */
const refused: Record<string, { spec: object; field: string; message: RegExp }> = {
  'a field that does not exist': {
    spec: { repliccas: 2 },
    field: 'spec.repliccas',
    message: /not declared/,
  },
  'a value of another type': {
    spec: { replicas: 'two' },
    field: 'spec.replicas',
    message: /expected numeric/,
  },
  'a number too small': {
    spec: { replicas: -1 },
    field: 'spec.replicas',
    message: /-1.*greater than or equal to 0/,
  },
  'a number too large': { spec: { port: 70000 }, field: 'spec.port', message: /70000.*65535/ },
  'a text of another form': {
    spec: { image: 'a b' },
    field: 'spec.image',
    message: /should match/,
  },
  'a missing field': {
    spec: { probe: { periodSeconds: 5 } },
    field: 'spec.probe.path',
    message: /Required/,
  },
};

/** Registers the tests of writes. */
export function writing(the: () => Bench): void {
  refusals(the);
  statuses(the);
  owning(the);
  patching(the);
}

function refusals(the: () => Bench): void {
  for (const [title, { spec, field, message }] of Object.entries(refused)) {
    test(`${title} is refused with the place where it stands`, async (t) => {
      const { cluster, namespace } = the();
      const object = webapp(await namespace(), 'shop', { spec });
      for (const dryRun of [true, false]) {
        const write = cluster.apply(WEBAPP, object, { manager, live: undefined, dryRun });
        const error = await t.throwsAsync(write, { instanceOf: ApiError });
        t.true(isRejection(error));
        t.is(error.causes[0]?.field, field);
        t.regex(error.causes[0]?.message ?? '', message);
      }
      t.is(await cluster.get(WEBAPP, keyOf(object)), undefined);
    });
  }

  test('a patch and a status with a field that does not exist are refused', async (t) => {
    const { cluster, namespace } = the();
    const object = webapp(await namespace(), 'shop');
    const live = await cluster.apply(WEBAPP, object, { manager, live: undefined });
    const fields = { spec: { repliccas: 2 } };
    const patch = await t.throwsAsync(cluster.patch(WEBAPP, live, { type: 'merge', fields }));
    t.true(isRejection(patch), String(patch));
    const status = await t.throwsAsync(cluster.applyStatus(WEBAPP, live, { redy: true }));
    t.true(isRejection(status), String(status));
    t.deepEqual(await cluster.get(WEBAPP, keyOf(object)), live);
  });

  test('a Deployment that asks for more than its limit is refused', async (t) => {
    const { cluster, namespace } = the();
    const resources = { requests: { cpu: '2' }, limits: { cpu: '500m' } };
    const object = deploymentOf(await namespace(), { resources });
    const write = cluster.apply(DEPLOYMENT, object, { manager, live: undefined });
    const error = await t.throwsAsync(write, { instanceOf: ApiError });
    t.is(error.causes[0]?.field, 'spec.template.spec.containers[0].resources.requests');
    t.regex(error.causes[0]?.message ?? '', /less than or equal to cpu limit/);
  });
}

function statuses(the: () => Bench): void {
  test('a status leaves the rest alone, and the rest leaves the status alone', async (t) => {
    const { cluster, namespace } = the();
    const object = webapp(await namespace(), 'shop');
    const live = await cluster.apply(WEBAPP, object, { manager, live: undefined });
    const first = { observedGeneration: 1, phase: 'Ready', conditions: [READY] };
    const told = await cluster.applyStatus(WEBAPP, live, first);
    t.deepEqual(told.spec, live.spec);
    t.is(told.metadata.generation, 1);
    t.deepEqual(told.status, first);

    const again = await cluster.applyStatus(WEBAPP, told, first);
    t.is(again.metadata.resourceVersion, told.metadata.resourceVersion);

    const changed = webapp(live.metadata.namespace, 'shop', { spec: { replicas: 3 } });
    const newer = await cluster.apply(WEBAPP, changed, { manager, live: again });
    t.is(newer.metadata.generation, 2);
    t.deepEqual(newer.status, first);

    const second = { observedGeneration: 2, conditions: [{ ...READY, status: 'False' }] };
    const last = await cluster.applyStatus(WEBAPP, newer, second);
    t.deepEqual(last.status, second);
    t.deepEqual(last.spec, spec({ image: 'nginx:1.27', replicas: 3 }));
  });
}

function owning(the: () => Bench): void {
  test('an apply that changes nothing keeps resourceVersion and generation', async (t) => {
    const { cluster, namespace } = the();
    const object = service(await namespace());
    const live = await cluster.apply(SERVICE, object, { manager, live: undefined });
    t.deepEqual(await cluster.apply(SERVICE, object, { manager, live }), live);

    const shop = webapp(object.metadata.namespace, 'shop');
    await cluster.apply(WEBAPP, shop, { manager, live: undefined });
    // The API server stores the default of a status with the second write only.
    const second = await cluster.apply(WEBAPP, shop, { manager, live: 'any' });
    t.deepEqual(await cluster.apply(WEBAPP, shop, { manager, live: second }), second);
  });

  test('what was applied is known by its manager, with items by their keys', async (t) => {
    const { cluster, namespace } = the();
    const ports = [{ name: 'http', containerPort: 80, protocol: 'TCP' }];
    const object = deploymentOf(await namespace(), { ports, env: [{ name: 'A', value: '1' }] });
    const live = await cluster.apply(DEPLOYMENT, object, { manager, live: undefined });
    const leaf: FieldSet = {};
    const fields = appliedFields(live, manager);
    t.deepEqual(fields, {
      'f:spec': {
        'f:replicas': leaf,
        'f:selector': leaf,
        'f:template': {
          'f:metadata': { 'f:labels': { 'f:app': leaf } },
          'f:spec': {
            'f:containers': {
              'k:{"name":"web"}': {
                '.': leaf,
                'f:name': leaf,
                'f:image': leaf,
                'f:env': { 'k:{"name":"A"}': { '.': leaf, 'f:name': leaf, 'f:value': leaf } },
                'f:ports': {
                  'k:{"containerPort":80,"protocol":"TCP"}': {
                    '.': leaf,
                    'f:name': leaf,
                    'f:containerPort': leaf,
                    'f:protocol': leaf,
                  },
                },
              },
            },
          },
        },
      },
    });
  });

  test('what is applied no longer goes; what others set stays', async (t) => {
    const { cluster, edit, namespace } = the();
    const env = [{ name: 'A', value: '1' }];
    const parts = { env, host: 'a.example', resources: { requests: { cpu: '1' } } };
    const labels = { ours: 'yes' };
    const object = webapp(await namespace(), 'shop', { metadata: { labels }, spec: parts });
    await cluster.apply(WEBAPP, object, { manager, live: undefined });
    const theirs = { metadata: { labels: { theirs: 'yes' } }, spec: { ingressClassName: 'nginx' } };
    const live = await edit(WEBAPP, keyOf(object), theirs);

    const less = webapp(object.metadata.namespace, 'shop', { spec: { host: 'a.example' } });
    const left = await cluster.apply(WEBAPP, less, { manager, live });
    t.deepEqual(left.metadata.labels, { theirs: 'yes' });
    const kept = { image: 'nginx:1.27', host: 'a.example', ingressClassName: 'nginx' };
    t.deepEqual(left.spec, spec(kept));
  });

  test('who changes a field owns it, and an apply takes it back', async (t) => {
    const { cluster, edit, namespace } = the();
    const object = deploymentOf(await namespace());
    await cluster.apply(DEPLOYMENT, object, { manager, live: undefined });
    const live = await edit(DEPLOYMENT, keyOf(object), { spec: { replicas: 5 } });
    t.is(appliedFields(live, manager)?.['f:spec']?.['f:replicas'], undefined);
    t.truthy(appliedFields(live, manager)?.['f:spec']?.['f:template']);
    const back = await cluster.apply(DEPLOYMENT, object, { manager, live: 'any' });
    t.like(back, { spec: { replicas: 2 } });
    t.deepEqual(appliedFields(back, manager)?.['f:spec']?.['f:replicas'], {});
    const others = back.metadata.managedFields?.filter((entry) => entry.manager === 'kubectl-edit');
    t.is(others?.[0]?.fieldsV1?.['f:spec']?.['f:replicas'], undefined);
  });
}

function patching(the: () => Bench): void {
  test('a merge patch sets and removes fields, and leaves the others', async (t) => {
    const { cluster, namespace } = the();
    const annotations = { keep: 'k', drop: 'd' };
    const object = webapp(await namespace(), 'shop', { metadata: { annotations } });
    const live = await cluster.apply(WEBAPP, object, { manager, live: undefined });
    const fields = { metadata: { annotations: { drop: null, add: 'a' } } };
    const patched = await cluster.patch(WEBAPP, live, { type: 'merge', fields });
    t.deepEqual(patched.metadata.annotations, { keep: 'k', add: 'a' });
    t.is(patched.metadata.generation, 1);
    t.deepEqual(patched.spec, live.spec);
    t.not(patched.metadata.resourceVersion, live.metadata.resourceVersion);
  });

  test('a strategic patch deletes one port and sets another in one write', async (t) => {
    const { cluster, edit, namespace } = the();
    const object = service(await namespace());
    await cluster.apply(SERVICE, object, { manager: OPERATOR, live: undefined });
    const ports = [{ name: 'http', port: 81, protocol: 'TCP', targetPort: 'http' }];
    const live = await edit(SERVICE, keyOf(object), { spec: { ports } });

    const added = cluster.apply(SERVICE, object, { manager: OPERATOR, live });
    t.true(isRejection(await t.throwsAsync(added)), 'two ports of one name');

    const wanted = { name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' };
    const fields = { spec: { ports: [{ $patch: 'delete', port: 81 }, wanted] } };
    const patched = await cluster.patch(SERVICE, live, { type: 'strategic', fields });
    t.deepEqual((patched.spec as { ports: object }).ports, [wanted]);
    t.like(patched, { spec: { selector: { app: 'shop' } } });
  });
}
