// The policies of a commit: what becomes of them, and what happens where they cannot be used.
import test from 'ava';
import { DEPLOYMENT, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { AT_MOST_THREE, policyFile, waiverFile } from '../helpers/policy-files.ts';
import { conditionOf } from '../reconcile/stage.ts';
import { DENIED, guarded, tooMany } from './policies.ts';
import { app, findings, type Grounds, ready, type SyncStage } from './stage.ts';

const messages = async (it: SyncStage) =>
  ((await it.source()).status.problems ?? []).map(({ message }) => message);

const filesOf = (bundle: KubeObject | undefined) =>
  ((bundle?.spec ?? {}) as { files?: { path: string; text: string }[] }).files;

const TWENTY = policyFile({ ...AT_MOST_THREE, expression: 'object.spec.replicas <= 20' });

export function policyBundle(the: () => Grounds): void {
  published(the);
  unusable(the);
  moved(the);
  waived(the);
}

function published(the: () => Grounds): void {
  test('the bundle holds the policies of the commit, and goes with them', async (t) => {
    const it = await guarded(the());
    const first = await it.bundle();
    const text = policyFile(AT_MOST_THREE);
    t.deepEqual(filesOf(first), [{ path: 'policies/three.yaml', text }]);
    t.like(first?.spec, {
      revision: `main@sha1:${it.repo.first}`,
      digest: (await it.source()).status.policiesDigest,
    });
    t.like(first?.metadata.ownerReferences, [{ kind: 'WebAppSource', name: 'apps' }]);
    await it.sync('all');
    t.deepEqual(it.count.writes(), []);

    const next = await it.repo.clone.push({ 'policies/three.yaml': TWENTY });
    await it.sync('changed');
    const second = await it.bundle();
    t.deepEqual(filesOf(second), [{ path: 'policies/three.yaml', text: TWENTY }]);
    t.like(second?.spec, { revision: `main@sha1:${next}` });

    await it.edit({ spec: { policies: null } });
    t.is((await it.sync()).kind, 'synced');
    t.is(await it.bundle(), undefined);
    t.is((await it.source()).status.policiesDigest, undefined);
    await it.repo.clone.push({ 'apps/a.yaml': tooMany('a') });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:2', b: 'b:1' });
  });

  test('tests beside the policies are no policies', async (t) => {
    const it = await guarded(the(), { 'policies/tests/broken.yaml': 'kind: [' });
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
    t.is(filesOf(await it.bundle())?.length, 1);
  });
}

function unusable(the: () => Grounds): void {
  const broken: Record<string, { text: string; place: RegExp }> = {
    'do not compile': {
      text: policyFile({ ...AT_MOST_THREE, expression: 'object.spec.replicas <= "3" + 3' }),
      place: /^policies\/three.yaml:7:\d+ error$/,
    },
    'are no YAML': { text: 'kind: [\n', place: /^policies\/three.yaml:\d+:\d+ error$/ },
    'are not text': { text: 'kind: \xff\n', place: /^policies\/three.yaml:1:1 error$/ },
  };
  for (const [title, { text, place }] of Object.entries(broken)) {
    test(`policies that ${title} let nothing new in, and the last good ones stay`, async (t) => {
      const it = await guarded(the());
      const before = await it.bundle();
      const content = title === 'are not text' ? Buffer.from(text, 'latin1') : text;
      const files = { 'policies/three.yaml': content, 'apps/a.yaml': app('a', 'a:2') };
      await it.repo.clone.push({ ...files, 'apps/c.yaml': app('c') });
      t.is((await it.sync('changed')).kind, 'synced');
      t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
      const source = await it.source();
      t.is(ready(source), 'False InvalidManifests');
      t.deepEqual(
        findings(source).map((line) => line.split(':')[0]),
        ['apps/a.yaml', 'apps/c.yaml', 'policies/three.yaml'],
      );
      t.regex(findings(source)[2] ?? '', place);
      t.regex((await messages(it))[0] ?? '', /^not applied, because the policies cannot be read: /);
      t.deepEqual(await it.bundle(), before);
      t.like(before?.spec, { digest: source.status.policiesDigest });
      await it.visit('a');
      const held = conditionOf((await it.webapp('a')) as KubeObject, 'HeldBack');
      t.regex(held?.message ?? '', /the policies cannot be read: policies\/three.yaml:/);

      await it.repo.clone.push({ 'policies/three.yaml': TWENTY });
      await it.sync('changed');
      t.deepEqual(await it.images(), { a: 'a:2', b: 'b:1', c: 'c:1' });
      t.is(ready(await it.source()), 'True ReconciliationSucceeded');
      t.is(filesOf(await it.bundle())?.[0]?.text, TWENTY);
      t.is(annotation((await it.webapp('a')) as KubeObject, ANNOTATION.heldBack), '');
    });
  }

  test('a folder of policies that is not there lets nothing in', async (t) => {
    const it = await guarded(the());
    const before = await it.bundle();
    await it.repo.clone.push({ 'policies/three.yaml': null, 'apps/a.yaml': app('a', 'a:2') });
    t.is((await it.sync('changed')).kind, 'retry');
    const source = await it.source();
    t.is(ready(source), 'False PoliciesNotFound');
    t.regex(source.status.conditions?.[0]?.message ?? '', /there is no folder policies at commit/);
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    t.deepEqual(await it.bundle(), before);
  });

  test('policies that are too much for a bundle let nothing in', async (t) => {
    const it = await guarded(the());
    const before = await it.bundle();
    const padding = `# ${'x'.repeat(400_000)}\n`;
    const [four, five] = ['four', 'five'].map((name) => policyFile({ ...AT_MOST_THREE, name }));
    await it.repo.clone.push({
      'policies/four.yaml': four + padding,
      'policies/five.yaml': five + padding,
      'policies/six.yaml': padding,
      'apps/a.yaml': app('a', 'a:2'),
    });
    t.is((await it.sync('changed')).kind, 'stalled');
    const source = await it.source();
    t.is(ready(source), 'False PoliciesTooLarge');
    t.regex(source.status.conditions?.[0]?.message ?? '', / files and 900000 bytes are handled/);
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    t.deepEqual(await it.bundle(), before);
  });
}

function moved(the: () => Grounds): void {
  test('a commit of policies alone judges every WebApp again; who fails now stays, and is told', async (t) => {
    const files = { 'policies/three.yaml': TWENTY, 'apps/a.yaml': tooMany('a', 'a:1') };
    const it = await guarded(the(), files);
    const before = await it.bench.admin.get(DEPLOYMENT, { ...it.key, name: 'a' });
    await it.repo.clone.push({ 'policies/three.yaml': policyFile(AT_MOST_THREE) });
    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(findings(await it.source()), ['apps/a.yaml:7:13 error']);
    t.deepEqual(await messages(it), [DENIED]);
    t.regex(filesOf(await it.bundle())?.[0]?.text ?? '', /<= 3/);
    t.like(await it.webapp('a'), { spec: { replicas: 12 } });
    await it.visit('a');
    const a = (await it.webapp('a')) as KubeObject;
    t.is(conditionOf(a, 'HeldBack'), undefined, 'there is no version that is held back');
    t.deepEqual(
      (await it.bench.admin.get(DEPLOYMENT, { ...it.key, name: 'a' }))?.spec,
      before?.spec,
    );

    await it.repo.clone.push({ 'apps/b.yaml': app('b', 'b:2') });
    await it.sync('changed');
    t.deepEqual(findings(await it.source()), ['apps/a.yaml:7:13 error'], 'as long as it is so');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:2' });
    await it.sync('changed');
    t.deepEqual(it.count.writes(), []);
    await it.repo.clone.push({ 'policies/three.yaml': TWENTY });
    await it.sync('changed');
    t.deepEqual(findings(await it.source()), []);
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
    t.regex(filesOf(await it.bundle())?.[0]?.text ?? '', /<= 20/, 'as before, and published again');
  });

  test('a WebApp that a policy denies its children is visited when the policies move', async (t) => {
    const it = await guarded(the());
    await it.bench.edit(WEBAPP, { ...it.key, name: 'a' }, { spec: { replicas: 12 } });
    t.is((await it.visit('a')).kind, 'stalled');
    t.is((await it.visit('a')).kind, 'quiet');
    await it.repo.clone.push({ 'policies/three.yaml': TWENTY });
    await it.sync('changed');
    t.is((await it.visit('a')).kind, 'settled');
    t.like(await it.bench.admin.get(DEPLOYMENT, { ...it.key, name: 'a' }), {
      spec: { replicas: 12 },
    });
    await it.sync('changed');
    t.deepEqual(it.count.writes(), [], 'asked for once');
  });
}

function waived(the: () => Grounds): void {
  test('a waiver lets its WebApp in, at the sync and at the visit, until it is over', async (t) => {
    const ends = new Date(Date.now() + 1_800_000).toISOString();
    const waiver = waiverFile('at-most-three', 'a', ends);
    const files = { 'policies/waiver.yaml': waiver, 'apps/a.yaml': tooMany('a', 'a:1') };
    const it = await guarded(the(), files);
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
    t.like(await it.bench.admin.get(DEPLOYMENT, { ...it.key, name: 'a' }), {
      spec: { replicas: 12 },
    });
    await it.repo.clone.push({ 'apps/b.yaml': tooMany('b') });
    await it.sync('changed');
    t.deepEqual(findings(await it.source()), ['apps/b.yaml:7:13 error'], 'it is for one WebApp');
    await it.repo.clone.push({ 'apps/b.yaml': app('b') });
    await it.sync('changed');

    it.pass(1_900_000);
    await it.sync('all');
    const told = ['apps/a.yaml:7:13 error', 'policies/waiver.yaml:3:18 warning'];
    t.deepEqual(findings(await it.source()), told);
    t.regex((await messages(it))[1] ?? '', /waiver a of policy at-most-three ended .*team-shop/);
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    await it.sync('changed');
    t.deepEqual(findings(await it.source()), told, 'a look that finds nothing new keeps it');
    t.deepEqual(it.count.writes(), []);
  });
}
