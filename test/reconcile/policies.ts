// Policies of a repository at a visit: those in the bundle of the WebApp's source.
import { createHash } from 'node:crypto';
import test from 'ava';
import { DEPLOYMENT, POLICY_BUNDLE, SERVICE, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION, annotation, LABEL } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { AT_MOST_THREE, policyFile, THREE_PODS, waiverFile } from '../helpers/policy-files.ts';
import { makeSource } from '../sync/stage.ts';
import { changesOf, conditionOf, type Stage, specOf, stage } from './stage.ts';

const SHA256 = /^[0-9a-f]{64}$/;
const DENIED = /ValidatingAdmissionPolicy 'at-most-three' .*denied request: replicas must be <= 3/;

/** Leaves the bundle that a sync of the source would leave. */
export async function publish(it: Stage, files: Record<string, string>): Promise<void> {
  const { admin } = it.bench;
  const key = { ...it.key, name: 'apps' };
  const list = Object.entries(files).map(([path, text]) => ({ path, text }));
  const digest = createHash('sha256').update(JSON.stringify(list)).digest('hex');
  const { apiVersion, kind } = POLICY_BUNDLE;
  const spec = { revision: 'main@sha1:0', digest, files: list };
  const live = await admin.get(POLICY_BUNDLE, key);
  const bundle = { apiVersion, kind, metadata: key, spec };
  await admin.apply(POLICY_BUNDLE, bundle, { manager: 'webapp-source', live });
}

/** A WebApp of a source with these policies. */
export async function underPolicies(
  bench: Bench,
  files: Record<string, string>,
  spec: object = {},
) {
  const it = await stage(bench, spec);
  await it.edit({ metadata: { labels: { [LABEL.source]: 'apps' } } });
  await publish(it, files);
  return it;
}

export const GUARD = { 'policies/three.yaml': policyFile(AT_MOST_THREE) };
const TWELVE = { replicas: 12 };

const readyOf = async (it: Stage) => conditionOf(await it.webapp(), 'Ready');

export function policies(the: () => Bench): void {
  denials(the);
  waivers(the);
  unsure(the);
  missing(the);
}

function denials(the: () => Bench): void {
  test('a visit that the bundle denies writes nothing and says so until the spec changes', async (t) => {
    const it = await underPolicies(the(), GUARD, TWELVE);
    t.is((await it.visit()).kind, 'stalled');
    t.deepEqual(it.count.writes(), ['applyStatus WebApp shop']);
    t.deepEqual([await it.read(DEPLOYMENT), await it.read(SERVICE)], [undefined, undefined]);
    const webapp = await it.webapp();
    t.like(conditionOf(webapp, 'Ready'), { status: 'False', reason: 'PolicyDenied' });
    t.regex(conditionOf(webapp, 'Ready')?.message ?? '', DENIED);
    t.is(conditionOf(webapp, 'Stalled')?.status, 'True');
    t.is(webapp.status.phase, 'Failed');
    t.is(webapp.status.policy?.verdict, 'denied');
    t.regex(webapp.status.policy?.policiesDigest ?? '', SHA256);
    t.regex(webapp.status.policy?.objectDigest ?? '', SHA256);
    t.is(annotation(webapp, ANNOTATION.retry), '');
    t.deepEqual(it.counted, ['visit denied']);

    t.is((await it.visit()).kind, 'quiet');
    t.is((await it.visit(WEBAPP, { full: true })).kind, 'stalled');
    t.deepEqual(it.count.writes(), [], 'a denial that is as it was is written once');

    await it.edit({ spec: { replicas: 2 } });
    t.deepEqual(changesOf(await it.visit()), ['create Deployment', 'create Service']);
    const after = await it.webapp();
    t.is(conditionOf(after, 'Stalled'), undefined);
    t.is(after.status.policy?.verdict, 'allowed');
    t.is(after.status.policy?.policiesDigest, webapp.status.policy?.policiesDigest);
    t.not(after.status.policy?.objectDigest, webapp.status.policy?.objectDigest);
  });

  test('a denied visit goes on once the policies allow it', async (t) => {
    const it = await underPolicies(the(), GUARD, TWELVE);
    await it.visit();
    const { policy } = (await it.webapp()).status;
    const twenty = { ...AT_MOST_THREE, expression: 'object.spec.replicas <= 20' };
    await publish(it, { 'policies/three.yaml': policyFile(twenty) });
    t.is((await it.visit(WEBAPP, { full: true })).kind, 'settled');
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 12);
    const after = (await it.webapp()).status.policy;
    t.is(after?.verdict, 'allowed');
    t.not(after?.policiesDigest, policy?.policiesDigest);
  });

  test('what ran before a denial runs on, and its drift is left alone', async (t) => {
    const it = await underPolicies(the(), GUARD, { replicas: 2 });
    await it.visit();
    await it.edit({ spec: { replicas: 4, port: 9_000 } });
    t.is((await it.visit()).kind, 'stalled');
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 2);
    t.is((await it.webapp()).status.replicas, 0, 'what is known of the pods is kept');
  });

  test('a policy on the Deployment denies the visit that would write it', async (t) => {
    const files = { 'policies/pods.yaml': policyFile(THREE_PODS) };
    const it = await underPolicies(the(), files, TWELVE);
    t.is((await it.visit()).kind, 'stalled');
    const { message = '' } = (await readyOf(it)) ?? {};
    t.regex(message, /^Deployment shop: .*'three-pods' denied request: three pods are enough$/);
    t.is(await it.read(SERVICE), undefined, 'no child is written');
  });

  test('a policy that warns holds up nothing and is told', async (t) => {
    const warn = policyFile({ ...AT_MOST_THREE, actions: 'Warn' });
    const it = await underPolicies(the(), { 'policies/three.yaml': warn }, TWELVE);
    t.is((await it.visit()).kind, 'settled');
    t.is((await it.webapp()).status.policy?.verdict, 'warned');
    t.deepEqual(it.counted, ['visit warned']);
  });

  test('a bundle that cannot be read denies', async (t) => {
    const broken = policyFile({ ...AT_MOST_THREE, expression: 'object.spec.replicas <=' });
    const it = await underPolicies(the(), { 'policies/three.yaml': broken });
    t.is((await it.visit()).kind, 'stalled');
    const { reason, message = '' } = (await readyOf(it)) ?? {};
    t.is(reason, 'PolicyDenied');
    t.regex(message, /^the policies cannot be read: policies\/three.yaml:7:\d+: /);
  });
}

function waivers(the: () => Bench): void {
  test('a waiver holds at the visit as long as it lasts', async (t) => {
    const bench = the();
    const it = await stage(bench, TWELVE);
    const ends = new Date(it.now() + 600_000).toISOString();
    await it.edit({ metadata: { labels: { [LABEL.source]: 'apps' } } });
    const waiver = waiverFile('at-most-three', 'shop', ends);
    await publish(it, { ...GUARD, 'policies/waiver.yaml': waiver });
    t.is((await it.visit()).kind, 'settled');
    t.is((await it.webapp()).status.policy?.verdict, 'allowed');
    await it.edit({ spec: { image: 'shop:2' } });
    it.pass(600_001);
    t.is((await it.visit()).kind, 'stalled');
    t.regex((await readyOf(it))?.message ?? '', DENIED);
  });
}

/** Asks who writes. */
export const BY_NAME = `request.userInfo.username != 'nobody'`;

function unsure(the: () => Bench): void {
  test('a policy of the repository that asks who writes fails closed', async (t) => {
    const policy = { ...THREE_PODS, expression: BY_NAME };
    const it = await underPolicies(the(), { 'policies/who.yaml': policyFile(policy) });
    t.is((await it.visit()).kind, 'stalled');
    t.deepEqual(it.count.writes(), ['applyStatus WebApp shop']);
    const { reason, message = '' } = (await readyOf(it)) ?? {};
    t.is(reason, 'PolicyDenied');
    t.regex(message, /^Deployment shop: policy three-pods: .*request.userInfo/);
    t.deepEqual(it.counted, ['visit denied']);
  });
}

/** A WebApp of a source that has this spec and has published nothing yet. */
async function unpublished(bench: Bench, source: object, spec: object = {}) {
  const it = await stage(bench, spec);
  const url = 'https://git.invalid/acme/fleet';
  await makeSource(bench, { ...it.key, name: 'apps' }, { url, ...source });
  await it.edit({ metadata: { labels: { [LABEL.source]: 'apps' } } });
  return it;
}

const ASKED = { policies: { path: 'policies' } };
/** A conflict, as with Kubernetes' own controllers, starts the visit again: what is read twice counts once. */
const readsOf = (it: Stage) => [
  ...new Set(it.count.requests.filter((line) => /^get (Policy|WebAppSource)/.test(line))),
];

function missing(the: () => Bench): void {
  test('a source whose policies nobody has published yet lets nothing through', async (t) => {
    const it = await unpublished(the(), ASKED);
    t.is((await it.visit()).kind, 'retry');
    t.deepEqual([await it.read(DEPLOYMENT), await it.read(SERVICE)], [undefined, undefined]);
    t.deepEqual(it.count.writes(), ['patch WebApp shop', 'applyStatus WebApp shop']);
    const webapp = await it.webapp();
    t.like(conditionOf(webapp, 'Ready'), { status: 'False', reason: 'PolicyBundleMissing' });
    t.is(conditionOf(webapp, 'Reconciling')?.status, 'True');
    const { message = '' } = conditionOf(webapp, 'Ready') ?? {};
    t.regex(message, /^PolicyBundle apps is missing, and WebAppSource apps asks for the policies /);
    t.deepEqual(it.counted, [], 'nobody was asked');

    await publish(it, GUARD);
    it.pass(60_000);
    t.is((await it.visit()).kind, 'settled');
    t.is((await it.webapp()).status.policy?.verdict, 'allowed');
  });

  test('a missing bundle holds up no visit that has nothing to write', async (t) => {
    const it = await unpublished(the(), ASKED);
    await publish(it, GUARD);
    await it.visit();
    const { policy } = (await it.webapp()).status;
    const { admin } = it.bench;
    const bundle = (await admin.get(POLICY_BUNDLE, { ...it.key, name: 'apps' })) as KubeObject;
    await admin.delete(POLICY_BUNDLE, bundle);
    await it.edit({ metadata: { annotations: { [ANNOTATION.requestedAt]: 'now' } } });
    t.is((await it.visit()).kind, 'settled');
    t.deepEqual((await it.webapp()).status.policy, policy);
    await it.edit({ spec: { replicas: 2 } });
    t.is((await it.visit()).kind, 'retry');
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 1);
  });

  test('a source that asks for no policies costs one read a visit, and a second one once', async (t) => {
    const it = await unpublished(the(), {});
    const writing = async (image: string) => {
      await it.edit({ spec: { image } });
      t.is((await it.visit()).kind, 'settled');
      return readsOf(it);
    };
    const source = 'get WebAppSource apps';
    const bundle = 'get PolicyBundle apps';
    t.deepEqual(await writing('shop:2'), [bundle, source]);
    t.deepEqual(await writing('shop:3'), [source]);
    await it.bench.edit(WEBAPP_SOURCE, { ...it.key, name: 'apps' }, { spec: ASKED });
    await it.edit({ spec: { image: 'shop:4' } });
    t.is((await it.visit()).kind, 'retry', 'what is remembered never decides');
    await publish(it, GUARD);
    it.pass(60_000);
    t.is((await it.visit()).kind, 'settled');
    t.deepEqual(await writing('shop:5'), [bundle]);
  });

  test('a source that is gone leaves its WebApps to themselves', async (t) => {
    const it = await stage(the());
    await it.edit({ metadata: { labels: { [LABEL.source]: 'gone' } } });
    t.is((await it.visit()).kind, 'settled');
  });
}
