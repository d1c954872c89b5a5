// The cluster's own policies at a visit, and what is said where the API server denies what they seem to allow.
import test from 'ava';
import { DEPLOYMENT, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { Bench } from '../cluster/bench.ts';
import { eventually } from '../cluster/eventually.ts';
import { deploymentOf } from '../cluster/objects.ts';
import {
  denying,
  dropPolicy,
  enforced,
  misread,
  policyName,
  putPolicy,
  unreadable,
} from '../helpers/cluster-policies.ts';
import { THREE_PODS } from '../helpers/policy-files.ts';
import { BY_NAME } from './policies.ts';
import { conditionOf, type Stage, stage } from './stage.ts';

const TWELVE = { replicas: 12 };

/** A Deployment with too many pods. */
function tooMany({ key }: Stage): KubeObject {
  const { spec, ...rest } = deploymentOf(key.namespace);
  return { ...rest, spec: { ...(spec as object), ...TWELVE } };
}

export function clusterPolicies(the: () => Bench): void {
  ofTheCluster(the);
  mismatches(the);
}

function ofTheCluster(the: () => Bench): void {
  test('the same policy of the cluster is left to the cluster', async (t) => {
    const bench = the();
    const it = await stage(bench);
    const name = policyName();
    await putPolicy(bench, it.key.namespace, { ...THREE_PODS, name, expression: BY_NAME });
    t.is((await it.visit()).kind, 'settled');
    t.truthy(await it.read(DEPLOYMENT));
    t.is((await it.webapp()).status.policy?.verdict, 'unknown');
    t.deepEqual(it.counted, ['visit unknown']);
    await dropPolicy(bench, name);
  });

  test("the cluster's own policy is asked before the write", async (t) => {
    const bench = the();
    const it = await stage(bench, TWELVE);
    const policy = { ...THREE_PODS, name: policyName() };
    await putPolicy(bench, it.key.namespace, policy);
    t.is((await it.visit()).kind, 'stalled');
    t.deepEqual(it.count.writes(), ['applyStatus WebApp shop']);
    const webapp = await it.webapp();
    t.is(conditionOf(webapp, 'Ready')?.reason, 'PolicyDenied');
    t.is(conditionOf(webapp, 'PolicyParityMismatch'), undefined);
    t.deepEqual(it.counted, ['visit denied']);
    await dropPolicy(bench, policy.name);
    await eventually('the API server has forgotten the policy', async () => {
      return (await it.visit(WEBAPP, { full: true })).kind === 'settled';
    });
    t.is((await it.webapp()).status.policy, undefined, 'nothing is said of policies that are gone');
  });

  test('a denial by a policy that may not be read is an ordinary one', async (t) => {
    const bench = the();
    const it = await stage(bench, TWELVE);
    const policy = { ...THREE_PODS, name: policyName() };
    await putPolicy(bench, it.key.namespace, policy);
    await enforced(bench, DEPLOYMENT, tooMany(it));
    it.through((cluster) => unreadable(denying(bench, cluster, policy)));
    t.is((await it.visit()).kind, 'stalled');
    const webapp = await it.webapp();
    t.is(conditionOf(webapp, 'Ready')?.reason, 'PolicyDenied');
    t.regex(conditionOf(webapp, 'Ready')?.message ?? '', /three pods are enough/);
    t.is(webapp.status.policy?.verdict, 'denied');
    t.deepEqual(it.counted, [], 'nobody was asked here');
    await dropPolicy(bench, policy.name);
  });
}

function mismatches(the: () => Bench): void {
  test('a denial by a policy that allows it to us is a mismatch, told until both agree', async (t) => {
    const bench = the();
    const it = await stage(bench, TWELVE);
    const policy = { ...THREE_PODS, name: policyName() };
    await putPolicy(bench, it.key.namespace, policy);
    await enforced(bench, DEPLOYMENT, tooMany(it));
    it.through((cluster) => misread(denying(bench, cluster, policy), policy.name));
    t.is((await it.visit()).kind, 'retry');
    const webapp = await it.webapp();
    const mismatch = conditionOf(webapp, 'PolicyParityMismatch');
    t.like(mismatch, { status: 'True', reason: 'DeniedByCluster' });
    t.regex(mismatch?.message ?? '', new RegExp(`'${policy.name}' .*three pods are enough`));
    t.like(conditionOf(webapp, 'Ready'), { status: 'False', reason: 'PolicyParityMismatch' });
    t.is(conditionOf(webapp, 'Reconciling')?.status, 'True');
    t.is(webapp.status.policy?.verdict, 'denied');
    t.deepEqual(it.counted, ['visit allowed', 'visit mismatch']);
    t.is((await it.visit()).kind, 'quiet', 'not before it is time');

    it.restart();
    it.pass(10_000);
    t.is((await it.visit()).kind, 'stalled', 'both deny');
    const agreed = await it.webapp();
    t.is(conditionOf(agreed, 'PolicyParityMismatch'), undefined);
    t.is(conditionOf(agreed, 'Ready')?.reason, 'PolicyDenied');
    await it.edit({ spec: { replicas: 2 } });
    t.is((await it.visit()).kind, 'settled', 'both allow');
    t.is((await it.webapp()).status.policy?.verdict, 'allowed');
    await dropPolicy(bench, policy.name);
  });
}
