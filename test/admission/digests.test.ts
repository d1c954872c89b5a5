// One object under one set of policies has one digest each, whoever judges: statuses, the audit log and scripts can be
// laid side by side.
import test, { type ExecutionContext } from 'ava';
import { WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { Evaluation } from '../../gitops/offline/evaluation.ts';
import type { WebApp } from '../../gitops/webapp.ts';
import { realBench } from '../cluster/bench.ts';
import { folderOf, webapp as run } from '../helpers/cli.ts';
import { dropPolicy, policyName, putPolicy } from '../helpers/cluster-policies.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { AT_MOST_THREE, policyFile, THREE_PODS } from '../helpers/policy-files.ts';
import { WITH_POLICIES } from '../sync/policies.ts';
import { app, stage as syncStage } from '../sync/stage.ts';
import { stageIn } from './stage.ts';

const POLICIES = {
  'policies/three.yaml': policyFile(AT_MOST_THREE),
  'policies/pods.yaml': policyFile(THREE_PODS),
};

/** A source with policies, whose WebApp a was synced and visited. */
async function opened(t: ExecutionContext) {
  const git = await startTestServer();
  t.teardown(git.stop);
  const env = '  env:\n    - {name: B, value: "1.0"}\n    - {name: A, value: x}\n';
  const files = { ...POLICIES, 'apps/a.yaml': app('a', 'a:1', `  replicas: 2\n${env}`) };
  const it = await syncStage({ bench: await realBench(), git }, files, WITH_POLICIES);
  const { server } = await stageIn(t, it.key.namespace);
  const live = async () => (await it.webapp('a')) as WebApp;
  /** What the audit log has of a write that leaves the object as it is. */
  const audited = async (object: KubeObject) => {
    const { annotations } = await server.dryRun(WEBAPP, object, object);
    const of = (name: string) => annotations[`webapps.admission.example.com/${name}-digest`];
    return { policiesDigest: of('policies'), objectDigest: of('object') };
  };
  return { ...it, live, audited };
}

/** What a script is told of the object. */
async function evaluated(t: ExecutionContext, { apiVersion, kind, metadata, spec }: WebApp) {
  const { name, namespace = '', labels, annotations } = metadata;
  const object = { apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec };
  const folder = await folderOf(t, { ...POLICIES, 'a.json': JSON.stringify(object) });
  const args = ['--policies', 'policies', '--objects', 'a.json', '--namespace', namespace];
  const { stdout } = await run(folder, ['eval', ...args, '--no-children']);
  const { policiesDigest, objectDigest } = JSON.parse(stdout) as Evaluation;
  return { policiesDigest, objectDigest };
}

test('digests: sync, visit, admission and eval agree', async (t) => {
  const it = await opened(t);
  t.is((await it.sync()).kind, 'synced');
  t.is((await it.visit('a')).kind, 'settled');
  const webapp = await it.live();
  const { policiesDigest } = (await it.source()).status;
  t.like((await it.bundle())?.spec, { digest: policiesDigest });
  const { policy } = webapp.status;
  t.is(policy?.policiesDigest, policiesDigest);
  t.is(policy?.clusterPoliciesDigest, undefined);
  const seen = await it.audited(webapp);
  t.deepEqual(seen, { policiesDigest, objectDigest: policy?.objectDigest });
  t.deepEqual(await evaluated(t, webapp), { ...seen });

  await it.bench.edit(WEBAPP, { ...it.key, name: 'a' }, { spec: { replicas: 3 } });
  await it.visit('a');
  const changed = await it.live();
  t.not(changed.status.policy?.objectDigest, policy?.objectDigest);
  t.is(changed.status.policy?.objectDigest, (await it.audited(changed)).objectDigest);
});

test("digests: the cluster's own policies have one of their own", async (t) => {
  const it = await opened(t);
  const name = policyName();
  await putPolicy(it.bench, it.key.namespace, { ...AT_MOST_THREE, name });
  t.teardown(() => dropPolicy(it.bench, name));
  t.is((await it.sync()).kind, 'synced');
  t.is((await it.visit('a')).kind, 'settled');
  const webapp = await it.live();
  const { policiesDigest, clusterPoliciesDigest, objectDigest } = webapp.status.policy ?? {};
  t.deepEqual(await it.audited(webapp), { policiesDigest, objectDigest });
  t.is(policiesDigest, (await it.source()).status.policiesDigest);
  t.regex(clusterPoliciesDigest ?? '', /^[0-9a-f]{64}$/);
  t.not(clusterPoliciesDigest, policiesDigest);
});
