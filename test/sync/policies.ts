// Policies of the repository at the gate of a sync.
import test from 'ava';
import { DEPLOYMENT, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { AT_MOST_THREE, policyFile, THREE_PODS } from '../helpers/policy-files.ts';
import { conditionOf } from '../reconcile/stage.ts';
import { app, findings, type Grounds, ready, type SyncStage, stage } from './stage.ts';

export const WITH_POLICIES = { path: 'apps', policies: { path: 'policies' } };
const GUARD = { 'policies/three.yaml': policyFile(AT_MOST_THREE) };
export const tooMany = (name: string, image = `${name}:2`) => app(name, image, '  replicas: 12\n');
export const DENIED =
  "ValidatingAdmissionPolicy 'at-most-three' with binding 'at-most-three' denied request: replicas must be <= 3";

/** A source with a policy and two good WebApps, one of which is visited. */
export async function guarded(grounds: Grounds, more: Record<string, string> = {}) {
  const files = { ...GUARD, 'apps/a.yaml': app('a'), 'apps/b.yaml': app('b'), ...more };
  const it = await stage(grounds, files, WITH_POLICIES);
  await it.sync();
  await it.visit('a');
  return it;
}

const messages = async (it: SyncStage) =>
  ((await it.source()).status.problems ?? []).map(({ message }) => message);

async function heldBack(it: SyncStage, name = 'a') {
  await it.visit(name);
  return conditionOf((await it.webapp(name)) as KubeObject, 'HeldBack');
}

export function policies(the: () => Grounds): void {
  denying(the);
  releasing(the);
  judging(the);
}

function denying(the: () => Grounds): void {
  test('a WebApp that a policy denies keeps its last good state, and all who look are told', async (t) => {
    const it = await guarded(the());
    const revision = `main@sha1:${it.repo.first}`;
    const before = await it.bench.admin.get(DEPLOYMENT, { ...it.key, name: 'a' });
    t.truthy(before);
    const bad = await it.repo.clone.push({
      'apps/a.yaml': tooMany('a'),
      'apps/b.yaml': app('b', 'b:2'),
    });
    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:2' });
    const source = await it.source();
    t.is(ready(source), 'False InvalidManifests');
    t.deepEqual(findings(source), ['apps/a.yaml:7:13 error']);
    t.deepEqual(await messages(it), [DENIED]);
    t.is(source.status.lastAppliedRevision, revision);
    t.is(source.status.lastAttemptedRevision, `main@sha1:${bad}`);

    t.is((await it.visit('a')).kind, 'settled');
    const a = (await it.webapp('a')) as KubeObject;
    t.is(annotation(a, ANNOTATION.revision), revision);
    t.like(conditionOf(a, 'HeldBack'), {
      status: 'True',
      reason: 'PolicyDenied',
      message: `main@sha1:${bad} was not applied: ${DENIED}`,
    });
    const after = await it.bench.admin.get(DEPLOYMENT, { ...it.key, name: 'a' });
    t.deepEqual(after?.spec, before?.spec);

    await it.sync('changed');
    t.deepEqual(it.count.writes(), [], 'a sync that finds the same says the same');
    t.is((await it.visit('a')).kind, 'quiet');
  });

  test('a WebApp that never was good is not made', async (t) => {
    const files = { ...GUARD, 'apps/a.yaml': tooMany('a'), 'apps/b.yaml': app('b') };
    const it = await stage(the(), files, WITH_POLICIES);
    t.is((await it.sync()).kind, 'synced');
    t.deepEqual(await it.images(), { b: 'b:1' });
    t.deepEqual(findings(await it.source()), ['apps/a.yaml:7:13 error']);
    await it.sync('changed');
    t.deepEqual(await it.images(), { b: 'b:1' });
    t.deepEqual(findings(await it.source()), ['apps/a.yaml:7:13 error']);
  });

  test('an atomic source applies nothing of a commit with a denied WebApp, which says so', async (t) => {
    const it = await guarded(the());
    await it.edit({ spec: { atomic: true } });
    await it.repo.clone.push({ 'apps/a.yaml': tooMany('a'), 'apps/b.yaml': app('b', 'b:2') });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    t.deepEqual(findings(await it.source()), ['apps/a.yaml:7:13 error']);
    t.regex((await heldBack(it))?.message ?? '', /replicas must be <= 3/);
  });

  test('a policy on the Deployment denies the WebApp that would become it', async (t) => {
    const it = await guarded(the(), { 'policies/pods.yaml': policyFile(THREE_PODS) });
    await it.repo.clone.push({ 'policies/three.yaml': null, 'apps/a.yaml': tooMany('a') });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    t.deepEqual(findings(await it.source()), ['apps/a.yaml:7:13 error']);
    const who = "ValidatingAdmissionPolicy 'three-pods' with binding 'three-pods'";
    t.deepEqual(await messages(it), [`Deployment: ${who} denied request: three pods are enough`]);
  });

  test('what the API server would refuse anyhow is told in its words, not the policy’s', async (t) => {
    const it = await guarded(the(), { 'policies/pods.yaml': policyFile(THREE_PODS) });
    await it.repo.clone.push({
      'apps/a.yaml': app('a', 'a:2', '  replicas: twelve\n'),
      'apps/b.yaml': app('b', 'b:2', '  env: 7\n'),
      'apps/c.yaml': app('c', 'c:1', '  replicas: 12\n  repliccas: 2\n'),
    });
    t.is((await it.sync('changed')).kind, 'synced');
    const found = (await it.source()).status.problems ?? [];
    t.deepEqual(
      found.map(({ path }) => path),
      ['apps/a.yaml', 'apps/b.yaml', 'apps/c.yaml'],
    );
    t.regex(found[0]?.message ?? '', /^spec.replicas: expected numeric/);
    t.regex(found[1]?.message ?? '', /^spec.env: expected/);
    t.regex(found[2]?.message ?? '', /^spec.repliccas: field not declared/);
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
  });
}

function releasing(the: () => Grounds): void {
  const ways: Record<string, Record<string, string>> = {
    'a good version is applied': { 'apps/a.yaml': app('a', 'a:3') },
    'its file is as it was again': { 'apps/a.yaml': app('a') },
  };
  for (const [title, files] of Object.entries(ways)) {
    test(`a WebApp is held back no longer once ${title}`, async (t) => {
      const it = await guarded(the());
      await it.repo.clone.push({ 'apps/a.yaml': tooMany('a') });
      await it.sync('changed');
      t.truthy(await heldBack(it));
      await it.repo.clone.push(files);
      t.is((await it.sync('changed')).kind, 'synced');
      t.is(ready(await it.source()), 'True ReconciliationSucceeded');
      t.is(await heldBack(it), undefined);
      const a = (await it.webapp('a')) as KubeObject;
      t.is(annotation(a, ANNOTATION.heldBack), '');
    });
  }

  test('a branch that is pushed back by force holds nothing back for an old reason', async (t) => {
    const it = await guarded(the());
    await it.repo.clone.push({ 'apps/a.yaml': tooMany('a') });
    await it.sync('changed');
    await it.repo.clone.push({ 'apps/a.yaml': app('a', 'a:3') });
    await it.sync('changed');
    await it.repo.clone.git('reset', '--quiet', '--hard', it.repo.first);
    await it.repo.clone.git('push', '--quiet', '--force', 'origin', 'HEAD');
    t.is((await it.sync('changed')).kind, 'retry');
    it.pass(20_000);
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    t.is(await heldBack(it), undefined);
  });

  test('another commit that is denied is the one that is told', async (t) => {
    const it = await guarded(the());
    await it.repo.clone.push({ 'apps/a.yaml': tooMany('a') });
    await it.sync('changed');
    const bad = await it.repo.clone.push({ 'apps/a.yaml': tooMany('a', 'a:9') });
    await it.sync('changed');
    t.is((await heldBack(it))?.message, `main@sha1:${bad} was not applied: ${DENIED}`);
  });
}

function judging(the: () => Grounds): void {
  test('what a person set beside the file is judged, too', async (t) => {
    const it = await guarded(the());
    const name = { ...it.key, name: 'a' };
    await it.bench.edit(WEBAPP, name, { spec: { replicas: 4 } });
    await it.repo.clone.push({ 'apps/a.yaml': app('a', 'a:2') });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    t.deepEqual(await messages(it), [DENIED]);
    await it.bench.edit(WEBAPP, name, { spec: { replicas: 2 } });
    await it.sync('all');
    t.like(await it.webapp('a'), { spec: { replicas: 2, image: 'a:2' } });
  });

  test('a field that leaves the file is judged as gone', async (t) => {
    const files = { 'apps/a.yaml': tooMany('a', 'a:1') };
    const it = await stage(the(), files, { path: 'apps' });
    await it.sync();
    await it.repo.clone.push({ ...GUARD, 'apps/a.yaml': app('a', 'a:2') });
    await it.edit({ spec: { policies: { path: 'policies' } } });
    t.is((await it.sync('changed')).kind, 'synced');
    t.like(await it.webapp('a'), { spec: { replicas: 1, image: 'a:2' } });
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });

  test('a policy that warns is told and holds up nothing, as long as it has something to say', async (t) => {
    const warn = policyFile({ ...AT_MOST_THREE, actions: 'Warn' });
    const it = await guarded(the(), { 'policies/three.yaml': warn });
    await it.repo.clone.push({ 'apps/a.yaml': tooMany('a') });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:2', b: 'b:1' });
    const source = await it.source();
    t.is(ready(source), 'True ReconciliationSucceeded');
    t.deepEqual(findings(source), ['apps/a.yaml:7:13 warning']);
    const who = "ValidatingAdmissionPolicy 'at-most-three' with binding 'at-most-three'";
    t.deepEqual(await messages(it), [`Validation failed for ${who}: replicas must be <= 3`]);
    t.is(await heldBack(it), undefined);

    await it.sync('changed');
    t.deepEqual(it.count.writes(), [], 'a look that finds nothing new does not forget it');
    await it.repo.clone.push({ 'apps/b.yaml': app('b', 'b:2') });
    await it.sync('changed');
    t.deepEqual(findings(await it.source()), ['apps/a.yaml:7:13 warning'], 'nor another file');
    await it.repo.clone.push({ 'apps/a.yaml': app('a', 'a:3') });
    await it.sync('changed');
    t.deepEqual(findings(await it.source()), []);
  });

  test('a policy that only audits says nothing', async (t) => {
    const audit = policyFile({ ...AT_MOST_THREE, actions: 'Audit' });
    const it = await guarded(the(), { 'policies/three.yaml': audit });
    await it.repo.clone.push({ 'apps/a.yaml': tooMany('a') });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:2', b: 'b:1' });
    t.is((await it.source()).status.problems, undefined);
  });
}
