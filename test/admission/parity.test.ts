// The same policies once as native objects and once by the webhook: the API server's answers differ in the prefix only.
import { randomBytes } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { load, loadAll } from 'js-yaml';
import { sha256 } from '../../gitops/io/digest.ts';
import {
  DEPLOYMENT,
  type Kind,
  POLICY,
  POLICY_BINDING,
  SERVICE,
  WEBAPP,
} from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { annotationKey } from '../../gitops/policy/annotation-key.ts';
import { judge } from '../../gitops/policy/judge.ts';
import { policiesOf } from '../../gitops/policy/policies.ts';
import { eventually } from '../cluster/eventually.ts';
import { freshNamespace } from '../helpers/control-plane.ts';
import type { Answer } from '../oracle/sides/api-server.ts';
import { objectsOf, SERVICE_SHAPE, SHAPE } from './parity-policies.ts';
import { type AdmissionStage, stage, webappOf } from './stage.ts';

/** Both namespaces have the policies; in one they are native. */
async function bothWays(t: ExecutionContext) {
  const it = await stage(t);
  const suffix = randomBytes(4).toString('hex');
  const native = await freshNamespace(it.cluster);
  const text = objectsOf(suffix, it.namespace)
    .map((object) => JSON.stringify(object))
    .join('\n---\n');
  await it.policies({ 'all.yaml': text });
  const made = objectsOf(suffix, native);
  t.teardown(async () => {
    for (const object of made) {
      const of = object.kind === POLICY.kind ? POLICY : POLICY_BINDING;
      const live = await it.admin.get(of, { namespace: '', name: object.metadata.name });
      if (live) await it.admin.delete(of, live);
    }
  });
  for (const object of made)
    await it.admin.create(object.kind === POLICY.kind ? POLICY : POLICY_BINDING, object);
  const tooMany = webappOf(native, 'probe', { spec: { replicas: 4 } });
  await eventually('the native policies are asked', async () => {
    const { code, warnings } = await it.server.dryRun(WEBAPP, tooMany);
    return code === 422 && warnings.length >= SHAPE.length;
  });
  const service = webServices(native);
  await eventually('all of them', async () => {
    const { warnings } = await it.server.dryRun(SERVICE, service);
    return warnings.length >= SHAPE.length + SERVICE_SHAPE.length;
  });
  return { it, native, text: made.map((object) => JSON.stringify(object)).join('\n---\n') };
}

test('parity: native and by the webhook, the same is said', async (t) => {
  const { it, native, text } = await bothWays(t);
  const namespaces = [native, it.namespace];
  const ground = { it, namespaces };
  const ask = (make: (namespace: string) => Promise<Answer>) => Promise.all(namespaces.map(make));
  const compare = (title: string, answers: readonly Answer[], want: number) => {
    const [theirs, ours] = answers.map((answer) => saidIn(answer, namespaces));
    t.is(answers[0]?.code, want, `${title}: ${answers[0]?.message}`);
    t.deepEqual(ours, theirs, title);
  };
  const dry = (of: Kind, make: (namespace: string) => KubeObject) =>
    ask((namespace) => it.server.dryRun(of, make(namespace)));

  compare('a WebApp', await dry(WEBAPP, (namespace) => webappOf(namespace, 'a')), 201);
  compare('too many', await dry(WEBAPP, (n) => webappOf(n, 'a', { spec: { replicas: 7 } })), 422);
  compare('a name to be made', await dry(WEBAPP, generated), 201);
  await ask((namespace) => it.server.create(WEBAPP, webappOf(namespace, 'kept')));
  compare('an update', await changeIn(ground, WEBAPP, { replicas: 2 }), 200);
  compare('an update to too many', await changeIn(ground, WEBAPP, { replicas: 9 }), 422);
  compare('a Deployment', await dry(DEPLOYMENT, deployment), 201);
  await ask((namespace) => it.server.create(DEPLOYMENT, deployment(namespace)));
  await eventually('the controller has seen both', async () => {
    const live = await Promise.all(
      namespaces.map((namespace) => it.admin.get(DEPLOYMENT, { namespace, name: 'kept' })),
    );
    return live.every((object) => object?.metadata.annotations !== undefined);
  });
  compare('a Deployment grows', await changeIn(ground, DEPLOYMENT, { replicas: 3 }), 200);
  compare('a Deployment shrinks', await changeIn(ground, DEPLOYMENT, { replicas: 1 }), 403);
  compare('a Service', await dry(SERVICE, webServices), 201);
  const kept = (namespace: string) => it.server.delete(WEBAPP, webappOf(namespace, 'kept'));
  const deletes = await ask(kept);
  compare('a delete', deletes, 413);
  const live = (await it.admin.get(WEBAPP, { namespace: native, name: 'kept' })) as KubeObject;
  const [theirs] = deletes;
  t.deepEqual(gateOn(live, text), theirs && said(theirs), 'a delete at the gates before the write');
});

/** What a sync, a visit and a review find of a delete, by the policies as a repository has them. */
function gateOn(oldObject: KubeObject, text: string) {
  const policies = policiesOf([{ path: 'all.yaml', text }], {}, sha256);
  const { verdict } = judge(policies, { of: WEBAPP, object: null, oldObject }, {});
  if (verdict.outcome !== 'denied') return verdict;
  const { code, message, warnings } = verdict;
  return { code, message, warnings: warnings.toSorted() };
}

function said({ code, message, warnings }: Answer) {
  return { code, message: message.replace(PREFIX, ''), warnings: warnings.toSorted() };
}

interface Ground {
  readonly it: AdmissionStage;
  readonly namespaces: readonly string[];
}

function changeIn({ it, namespaces }: Ground, of: Kind, spec: object) {
  return Promise.all(
    namespaces.map(async (namespace) => {
      const live = (await it.admin.get(of, { namespace, name: 'kept' })) as KubeObject;
      // The Deployment controller writes the status meanwhile; a custom resource cannot do without its version.
      const { resourceVersion, ...metadata } = live.metadata;
      const kept = of === WEBAPP ? live.metadata : metadata;
      const changed = { ...live, metadata: kept, spec: { ...(live.spec as object), ...spec } };
      return it.server.dryRun(of, changed, live);
    }),
  );
}

/** Its name is made by the API server, before anybody is asked. */
function generated(namespace: string): KubeObject {
  const { metadata, ...rest } = webappOf(namespace, '');
  const unnamed = { ...metadata, generateName: 'shop-' };
  return { ...rest, metadata: unnamed };
}

const OURS = {
  'app.kubernetes.io/managed-by': 'webapp-operator',
  'app.kubernetes.io/instance': 'kept',
};

function deployment(namespace: string): KubeObject {
  return load(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: kept, namespace: ${namespace}, labels: ${JSON.stringify(OURS)}}
spec:
  replicas: 2
  selector: {matchLabels: {app: kept}}
  template:
    metadata: {labels: {app: kept}}
    spec:
      securityContext: {runAsNonRoot: true}
      containers:
        - name: web
          image: nginx:1.27
          ports: [{containerPort: 80}]
          env: [{name: A, value: b}]
          resources: {requests: {cpu: 0.5, memory: 1024Ki}}
`) as KubeObject;
}

function webServices(namespace: string): KubeObject {
  return loadAll(`
apiVersion: v1
kind: Service
metadata: {name: kept, namespace: ${namespace}, labels: ${JSON.stringify(OURS)}}
spec: {selector: {app: kept}, ports: [{port: 80, targetPort: http}]}
`)[0] as KubeObject;
}

const PREFIX = /^.*?(?=ValidatingAdmissionPolicy ')/;
const WEBHOOK = /^(webapps|children)\.admission\.example\.com\//;

/** What an answer says, without who says it and where. */
function saidIn({ code, reason, message, warnings, annotations }: Answer, namespaces: string[]) {
  const same = (text: string) =>
    namespaces
      .reduce((known, namespace) => known.replaceAll(namespace, 'NS'), text)
      .replace(/shop-[a-z0-9]{5}\b/g, 'shop-MADE');
  const audit = Object.entries(annotations)
    .map(
      ([key, value]) =>
        [WEBHOOK.test(key) ? key.replace(WEBHOOK, '') : annotationKey(key), same(value)] as const,
    )
    .filter(([key]) => !/digest$|^authorization\.k8s\.io/.test(key))
    .sort();
  return {
    code,
    reason: code < 400 ? '' : reason,
    message: code < 400 ? '' : same(message.replace(PREFIX, '')),
    warnings: warnings.map(same).sort(),
    audit,
  };
}
