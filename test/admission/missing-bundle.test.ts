// A WebAppSource that asks for policies, and no bundle that has them: nobody knows what they would say.
import test, { type ExecutionContext } from 'ava';
import { NAMESPACE, POLICY_BUNDLE, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { eventually } from '../cluster/eventually.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { AT_MOST_THREE, policyFile } from '../helpers/policy-files.ts';
import { stageIn, TEAM, webappOf } from './stage.ts';

const GUARD = { 'policies/three.yaml': policyFile(AT_MOST_THREE) };
const MISSING =
  /^admission webhook "webapps.admission.example.com" denied the request: PolicyBundle team is missing, and WebAppSource team asks for the policies in policies: /;

/** A stage whose source team has this spec and has published nothing. */
async function opened(t: ExecutionContext, spec: object) {
  const it = await stageIn(t, await freshNamespace(await testCluster()));
  const { namespace } = it;
  const { apiVersion, kind } = WEBAPP_SOURCE;
  const metadata = { namespace, name: TEAM };
  const url = 'https://git.invalid/acme/fleet';
  await it.admin.create(WEBAPP_SOURCE, { apiVersion, kind, metadata, spec: { url, ...spec } });
  const live = async (name = 'shop') =>
    (await it.admin.get(WEBAPP, { namespace, name })) as KubeObject;
  return { ...it, live };
}

const ASKED = { policies: { path: 'policies' } };

test('missing bundle: every write is denied, and says why, until there is one', async (t) => {
  const it = await opened(t, ASKED);
  const { code, reason, message } = await it.create('shop');
  t.deepEqual([code, reason], [403, 'Forbidden']);
  t.regex(message, MISSING);
  await it.policies(GUARD);
  t.is((await it.create('shop')).code, 201);
  t.is((await it.create('other', { replicas: 12 })).code, 422);

  const key = { namespace: it.namespace, name: TEAM };
  await it.admin.delete(POLICY_BUNDLE, (await it.admin.get(POLICY_BUNDLE, key)) as KubeObject);
  t.regex((await it.create('other', {}, true)).message, MISSING);
  const live = await it.live();
  t.is((await it.server.dryRun(WEBAPP, { ...live, metadata: unlabelled(live) }, live)).code, 403);
  await t.throwsAsync(it.admin.delete(WEBAPP, live), { message: MISSING });
  t.deepEqual(await it.admission.counted(), ['admission allowed 1', 'admission denied 3']);
});

const unlabelled = ({ metadata }: KubeObject) => ({ ...metadata, labels: {} });

test('missing bundle: a source that asks for no policies, or is gone, lets all pass', async (t) => {
  const it = await opened(t, {});
  t.is((await it.create('shop', { replicas: 12 })).code, 201);
  const other = webappOf(it.namespace, 'other', { source: 'gone', spec: { replicas: 12 } });
  t.is((await it.server.create(WEBAPP, other)).code, 201);
});

test('missing bundle: policies that are asked for later count at once', async (t) => {
  const it = await opened(t, {});
  for (const name of ['one', 'two']) t.is((await it.create(name)).code, 201);
  const source = await it.admin.get(WEBAPP_SOURCE, { namespace: it.namespace, name: TEAM });
  const fields = { spec: ASKED };
  await it.admin.patch(WEBAPP_SOURCE, source as KubeObject, { type: 'merge', fields });
  t.regex((await it.create('three')).message, MISSING);
});

test('missing bundle: the namespace can be deleted all the same', async (t) => {
  const it = await opened(t, {});
  t.is((await it.create('shop')).code, 201);
  const key = { namespace: it.namespace, name: TEAM };
  const source = (await it.admin.get(WEBAPP_SOURCE, key)) as KubeObject;
  await it.admin.patch(WEBAPP_SOURCE, source, { type: 'merge', fields: { spec: ASKED } });
  await t.throwsAsync(it.admin.delete(WEBAPP, await it.live()), { message: MISSING });
  const name = it.namespace;
  const namespace = (await it.admin.get(NAMESPACE, { namespace: '', name })) as KubeObject;
  await it.admin.delete(NAMESPACE, namespace);
  await eventually(
    'the namespace is gone',
    async () => !(await it.admin.get(NAMESPACE, { namespace: '', name })),
  );
});
