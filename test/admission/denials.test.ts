// What the API server answers because admission was asked.
import test from 'ava';
import { AUTOSCALER, DEPLOYMENT, resourcePath, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { AT_MOST_THREE, policyFile, waiverFile } from '../helpers/policy-files.ts';
import { stage, webappOf } from './stage.ts';

const GUARD = { 'policies/three.yaml': policyFile(AT_MOST_THREE) };
const BY = 'admission webhook "webapps.admission.example.com" denied the request: ';
const DENIED =
  "ValidatingAdmissionPolicy 'at-most-three' with binding 'at-most-three' denied request: replicas must be <= 3";

test('admission: a write that a policy of the repository denies', async (t) => {
  const it = await stage(t, GUARD);
  const answer = await it.create('shop', { replicas: 12 }, true);
  t.like(answer, { code: 422, reason: 'Invalid', message: BY + DENIED });
  t.deepEqual(answer.causes as object, [{ reason: 'Invalid', message: DENIED }]);
  t.is((await it.create('shop', { replicas: 3 })).code, 201);
  const live = (await it.admin.get(WEBAPP, {
    namespace: it.namespace,
    name: 'shop',
  })) as KubeObject;
  const four = { ...live, spec: { ...(live.spec as object), replicas: 4 } };
  const update = await it.server.dryRun(WEBAPP, four, live);
  t.like(update, { code: 422, message: BY + DENIED });
});

test('admission: what it judges of writes is counted, and nothing else', async (t) => {
  const it = await stage(t, {
    ...GUARD,
    'pods.yaml': policyFile({
      name: 'one',
      expression: 'object.spec.replicas <= 1',
      actions: 'Warn',
    }),
  });
  t.deepEqual(await it.admission.counted(), [], 'rehearsals do not count');
  await it.create('one');
  await it.create('two', { replicas: 2 });
  await it.create('twelve', { replicas: 12 });
  const { metadata, ...rest } = webappOf(it.namespace, 'own');
  await it.server.create(WEBAPP, { ...rest, metadata: { ...metadata, labels: {} } });
  const counts = ['allowed 1', 'warned 1', 'denied 1'].map((count) => `admission ${count}`);
  t.deepEqual(await it.admission.counted(), counts);
});

test('admission: taking the label off the WebApp is no way out', async (t) => {
  const it = await stage(t, GUARD);
  t.is((await it.create('shop')).code, 201);
  const live = (await it.admin.get(WEBAPP, {
    namespace: it.namespace,
    name: 'shop',
  })) as KubeObject;
  const bare = { ...live, metadata: { ...live.metadata, labels: {} } };
  t.is((await it.server.dryRun(WEBAPP, bare, live)).code, 200);
  const four = { ...bare, spec: { ...(live.spec as object), replicas: 4 } };
  t.is((await it.server.dryRun(WEBAPP, four, live)).code, 422);
});

test('admission: a WebApp that is not from Git is nobody’s business here', async (t) => {
  const it = await stage(t, GUARD);
  const { metadata, ...rest } = webappOf(it.namespace, 'own', { spec: { replicas: 12 } });
  const own = { ...rest, metadata: { ...metadata, labels: {} } };
  t.is((await it.server.dryRun(WEBAPP, own)).code, 201);
});

test('admission: warnings, and what the audit log tells', async (t) => {
  const it = await stage(t, {
    'warn.yaml': policyFile({ ...AT_MOST_THREE, actions: 'Warn, Audit' }),
    'audit.yaml': policyFile({
      name: 'who',
      expression: '1 < 2',
      more: [
        'auditAnnotations:',
        '  - key: asked',
        '    valueExpression: request.userInfo.username',
      ],
    }),
  });
  const answer = await it.create('shop', { replicas: 12 }, true);
  t.is(answer.code, 201);
  t.deepEqual(answer.warnings, [
    "Validation failed for ValidatingAdmissionPolicy 'at-most-three' with binding 'at-most-three': replicas must be <= 3",
  ]);
  const own = Object.entries(answer.annotations).filter(([key]) =>
    key.startsWith('webapps.admission'),
  );
  const said = new Map(own.map(([key, value]) => [key.split('/')[1], value]));
  t.deepEqual([...said.keys()].sort(), [
    'object-digest',
    'policies-digest',
    'validation.policy.admission.k8s.io.validation_failure',
    'who.asked',
  ]);
  t.is(said.get('who.asked'), 'admin');
  t.regex(said.get('object-digest') ?? '', /^[0-9a-f]{64}$/);
  t.regex(said.get('policies-digest') ?? '', /^[0-9a-f]{64}$/);
});

test('admission: a waiver holds here, too', async (t) => {
  const it = await stage(t, {
    ...GUARD,
    'sale.yaml': waiverFile('at-most-three', 'sale', '2999-01-01'),
  });
  t.is((await it.create('sale', { replicas: 12 }, true)).code, 201);
  t.is((await it.create('shop', { replicas: 12 }, true)).code, 422);
});

const ONLY_MASTERS = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: keep}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [example.com], apiVersions: ['*'], operations: [DELETE], resources: [webapps]}]}
  validations:
    - expression: "object == null && oldObject.metadata.name == 'shop' && 'system:masters' in request.userInfo.groups"
      messageExpression: "request.userInfo.username + ' may not delete ' + request.name"
      reason: Forbidden
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: keep}
spec: {policyName: keep, validationActions: [Deny]}
`;

test('admission: it is known who asks, and a delete is judged by what is there', async (t) => {
  const it = await stage(t, { 'keep.yaml': ONLY_MASTERS });
  t.is((await it.create('shop')).code, 201);
  const live = (await it.admin.get(WEBAPP, {
    namespace: it.namespace,
    name: 'shop',
  })) as KubeObject;
  const functions = it.as('functions');
  const denied = await t.throwsAsync(functions.delete(WEBAPP, live));
  const who = 'system:serviceaccount:webapp-operator-system:webapp-functions';
  const why = `ValidatingAdmissionPolicy 'keep' with binding 'keep' denied request: ${who} may not delete shop`;
  t.true(denied?.message.startsWith(BY + why), denied?.message);
  t.like(denied, { status: 403, reason: 'Forbidden' });
  await it.admin.delete(WEBAPP, live);
  t.is(await it.admin.get(WEBAPP, { namespace: it.namespace, name: 'shop' }), undefined);
});

test('admission: what cannot be judged here is denied', async (t) => {
  const expression = `authorizer.group('').resource('pods').check('get').allowed()`;
  const it = await stage(t, { 'may.yaml': policyFile({ name: 'may', expression }) });
  const { code, reason, message } = await it.create('shop', {}, true);
  t.deepEqual([code, reason], [403, 'Forbidden']);
  const why = 'policy may: only the API server can tell what its authorizer decides';
  t.is(message, `${BY}the policies cannot be judged here, so the request is denied: ${why}`);
});

test('admission: policies that cannot be read deny with file and line until they can', async (t) => {
  const it = await stage(t, GUARD);
  const broken = policyFile({ ...AT_MOST_THREE, expression: 'object.spec.replicas <=' });
  await it.policies({ 'policies/three.yaml': broken });
  const { code, message } = await it.create('shop', {}, true);
  t.is(code, 403);
  t.true(message.startsWith(`${BY}the policies cannot be read: policies/three.yaml:7:`), message);
  await it.policies(GUARD);
  t.is((await it.create('shop', {}, true)).code, 201);
});

test('admission: a policy on the scale subresource', async (t) => {
  const scales = policyFile(AT_MOST_THREE).replace('[webapps]', '[webapps/scale]');
  const it = await stage(t, { 'scale.yaml': scales });
  t.is((await it.create('shop')).code, 201);
  const path = `${resourcePath(WEBAPP, it.namespace, 'shop')}/scale`;
  const scale = (replicas: number) =>
    it.cluster.admin.api.json({
      method: 'PATCH',
      path,
      contentType: 'application/merge-patch+json',
      body: { spec: { replicas } },
    });
  await t.throwsAsync(scale(4), { message: /replicas must be <= 3/ });
  await t.notThrowsAsync(scale(2));
});

test('admission: a Deployment of a WebApp is judged, and only that', async (t) => {
  const it = await stage(t, {
    'pods.yaml': policyFile({ ...AT_MOST_THREE, of: DEPLOYMENT }),
  });
  t.is((await it.create('shop')).code, 201);
  const of = (labels: object) => deployment(it.namespace, { app: 'shop', ...labels });
  const { code, message } = await it.server.dryRun(DEPLOYMENT, of(OURS));
  t.is(code, 422);
  t.is(message, `${BY.replace('webapps', 'children')}${DENIED}`);
  t.is((await it.server.dryRun(DEPLOYMENT, of({}))).code, 201);
  const orphan = of({ ...OURS, 'app.kubernetes.io/instance': 'none' });
  t.is((await it.server.dryRun(DEPLOYMENT, orphan)).code, 201);
});

test('admission: an object that was asked for in another version', async (t) => {
  const v2 = policyFile({ name: 'v2', of: AUTOSCALER, expression: 'object.spec.maxReplicas <= 3' });
  const it = await stage(t, { 'hpa.yaml': v2.replace("apiVersions: ['*']", 'apiVersions: [v2]') });
  t.is((await it.create('shop')).code, 201);
  const V1 = { ...AUTOSCALER, apiVersion: 'autoscaling/v1' };
  const create = (maxReplicas: number) =>
    it.server.dryRun(V1, autoscaler(it.namespace, maxReplicas));
  t.like(await create(4), { code: 422, reason: 'Invalid' });
  t.is((await create(3)).code, 201);
  await it.policies({ 'hpa.yaml': v2 });
  const { code, message } = await create(3);
  t.is(code, 403);
  t.regex(message, /policy v2: the policy asks for HorizontalPodAutoscaler of autoscaling\/v1; /);
});

const OURS = {
  'app.kubernetes.io/managed-by': 'webapp-operator',
  'app.kubernetes.io/instance': 'shop',
};

function autoscaler(namespace: string, maxReplicas: number): KubeObject {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' };
  return {
    apiVersion: 'autoscaling/v1',
    kind: AUTOSCALER.kind,
    metadata: { name: 'shop', namespace, labels: OURS },
    spec: { scaleTargetRef, maxReplicas },
  };
}

function deployment(namespace: string, labels: object): KubeObject {
  const containers = [{ name: 'web', image: 'nginx:1.27' }];
  return {
    apiVersion: DEPLOYMENT.apiVersion,
    kind: DEPLOYMENT.kind,
    metadata: { name: 'shop', namespace, labels: labels as Record<string, string> },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'shop' } },
      template: { metadata: { labels: { app: 'shop' } }, spec: { containers } },
    },
  };
}
