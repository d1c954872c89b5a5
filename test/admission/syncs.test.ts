// Syncs under admission: the bundle is written before the WebApps, so that a commit is judged by its own policies.
import test, { type ExecutionContext } from 'ava';
import { POLICY_BUNDLE, WEBAPP } from '../../gitops/kinds.ts';
import { realBench } from '../cluster/bench.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { AT_MOST_THREE, policyFile } from '../helpers/policy-files.ts';
import { WITH_POLICIES } from '../sync/policies.ts';
import { app, findings, stage as syncStage } from '../sync/stage.ts';
import { stageIn } from './stage.ts';

const atMost = (count: number) =>
  policyFile({
    ...AT_MOST_THREE,
    expression: `object.spec.replicas <= ${count}`,
    message: `at most ${count}`,
  });
const withReplicas = (count: number) => app('a', 'a:1', `  replicas: ${count}\n`);

async function opened(t: ExecutionContext, files: Record<string, string>) {
  const git = await startTestServer();
  t.teardown(git.stop);
  const it = await syncStage({ bench: await realBench(), git }, files, WITH_POLICIES);
  await stageIn(t, it.key.namespace);
  const replicas = async () => {
    const live = await it.bench.admin.get(WEBAPP, { ...it.key, name: 'a' });
    return (live?.spec as { replicas: number } | undefined)?.replicas;
  };
  return { ...it, replicas, push: (all: Record<string, string>) => it.repo.clone.push(all) };
}

test('sync: a commit is judged by its own policies, by admission as by the gate', async (t) => {
  const it = await opened(t, { 'policies/p.yaml': atMost(3), 'apps/a.yaml': withReplicas(2) });
  t.is((await it.sync()).kind, 'synced');
  t.is(await it.replicas(), 2);
  await it.push({ 'policies/p.yaml': atMost(20), 'apps/a.yaml': withReplicas(12) });
  t.is((await it.sync('changed')).kind, 'synced');
  t.is(await it.replicas(), 12);
  t.deepEqual(findings(await it.source()), []);
});

test('sync: a WebApp that breaks a new policy as it is holds nothing up', async (t) => {
  const it = await opened(t, { 'policies/p.yaml': atMost(3), 'apps/a.yaml': withReplicas(2) });
  t.is((await it.sync()).kind, 'synced');
  await it.push({ 'policies/p.yaml': atMost(1), 'apps/a.yaml': withReplicas(3) });
  t.is((await it.sync('changed')).kind, 'synced');
  t.is(await it.replicas(), 2);
  t.deepEqual(findings(await it.source()), ['apps/a.yaml:7:13 error']);
  const [problem] = (await it.source()).status.problems ?? [];
  t.regex(problem?.message ?? '', /at most 1/);
  await it.push({ 'apps/a.yaml': withReplicas(1) });
  t.is((await it.sync('changed')).kind, 'synced');
  t.is(await it.replicas(), 1);
  t.deepEqual(findings(await it.source()), []);
});

test('sync: a bundle that somebody broke is written anew before the WebApps', async (t) => {
  const it = await opened(t, { 'policies/p.yaml': atMost(3), 'apps/a.yaml': withReplicas(2) });
  t.is((await it.sync()).kind, 'synced');
  const files = [{ path: 'policies/p.yaml', text: 'kind: {' }];
  await it.bench.edit(POLICY_BUNDLE, it.key, { spec: { files } });
  await it.push({ 'apps/a.yaml': withReplicas(3) });
  t.is((await it.sync('changed')).kind, 'synced');
  t.is(await it.replicas(), 3);
});
