// Policies on deletes at the gate of a sync: a prune is shown to them before it is sent.
import test from 'ava';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { eventually } from '../cluster/eventually.ts';
import {
  dropPolicy,
  isKept,
  keeping,
  misread,
  policyName,
  putPolicy,
} from '../helpers/cluster-policies.ts';
import { KEEP_B, KEEP_INGRESS, policyFile, waiverFile } from '../helpers/policy-files.ts';
import { conditionOf } from '../reconcile/stage.ts';
import { WITH_POLICIES } from './policies.ts';
import { deletes, inventoryOf, names } from './prune-refusals.ts';
import { app, findings, type Grounds, ready, type SyncStage, stage } from './stage.ts';

const APPS = { 'apps/a.yaml': app('a'), 'apps/b.yaml': app('b'), 'apps/c.yaml': app('c') };
const KEPT = { 'policies/keep.yaml': policyFile(KEEP_B) };
const REFUSED =
  "WebApp b cannot be deleted: ValidatingAdmissionPolicy 'keep-b' with binding 'keep-b' denied request: this one is to be kept";

/** A source with three WebApps, and what the repository has beside. */
async function synced(grounds: Grounds, files: Record<string, string>, spec: object = {}) {
  const it = await stage(grounds, { ...APPS, ...files }, { ...WITH_POLICIES, ...spec });
  await it.sync();
  it.counted.length = 0;
  return it;
}

const messageOf = async (it: SyncStage) => conditionOf(await it.source(), 'Ready')?.message ?? '';

export function prunePolicies(the: () => Grounds): void {
  ofTheRepository(the);
  unsure(the);
  ofTheCluster(the);
  ofChildren(the);
}

function ofTheRepository(the: () => Grounds): void {
  test('a WebApp that a policy keeps from being deleted stays and is told until the policies let it go', async (t) => {
    const it = await synced(the(), KEPT);
    await it.repo.clone.push({ 'apps/b.yaml': null, 'apps/c.yaml': null });
    for (const goes of [['delete WebApp c'], []]) {
      t.is((await it.sync('changed')).kind, 'retry');
      t.deepEqual(deletes(it), goes, 'what is denied is not sent');
      t.is(await names(it), 'ab');
      t.is(await inventoryOf(it), 'ab');
      const source = await it.source();
      t.is(ready(source), 'False PruneRefused');
      t.is(await messageOf(it), REFUSED);
      t.not(annotation(source, ANNOTATION.retry), '');
      it.pass(600_000);
    }
    t.deepEqual(it.counted.toSorted(), [
      'sync allowed',
      'sync allowed',
      'sync denied',
      'sync denied',
    ]);

    await it.repo.clone.push({ 'policies/keep.yaml': null });
    t.is((await it.sync('changed')).kind, 'retry', 'a folder that is missing');
    await it.repo.clone.push({ 'policies/other.yaml': policyFile(KEEP_INGRESS) });
    it.pass(600_000);
    t.is((await it.sync('changed')).kind, 'synced');
    t.is(await names(it), 'a');
    t.is(await inventoryOf(it), 'a');
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });

  test('a file that is back ends a refused prune', async (t) => {
    const it = await synced(the(), KEPT);
    await it.repo.clone.push({ 'apps/b.yaml': null });
    t.is((await it.sync('changed')).kind, 'retry');
    await it.repo.clone.push({ 'apps/b.yaml': app('b', 'b:2') });
    it.pass(600_000);
    t.is((await it.sync('changed')).kind, 'synced');
    t.is((await it.images()).b, 'b:2');
  });

  test('a waiver lets a WebApp go that a policy would keep', async (t) => {
    const waiver = waiverFile('keep-b', 'b', '2999-01-01');
    const it = await synced(the(), { ...KEPT, 'policies/waiver.yaml': waiver });
    await it.repo.clone.push({ 'apps/b.yaml': null });
    t.is((await it.sync('changed')).kind, 'synced');
    t.is(await names(it), 'ac');
    t.deepEqual(it.counted, ['sync allowed']);
  });

  test('an atomic source does nothing where a prune is denied', async (t) => {
    const it = await synced(the(), KEPT, { atomic: true });
    await it.repo.clone.push({ 'apps/a.yaml': app('a', 'a:2'), 'apps/b.yaml': null });
    t.is((await it.sync('changed')).kind, 'retry');
    t.is(await messageOf(it), REFUSED);
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1', c: 'c:1' });
  });

  test('what is not to be pruned is asked of nobody', async (t) => {
    const it = await synced(the(), KEPT);
    await it.edit({ spec: { prune: false } });
    await it.repo.clone.push({ 'apps/b.yaml': null });
    t.is((await it.sync('changed')).kind, 'synced');
    t.false(it.counted.includes('sync denied'));
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });
}

const WHO = "request.userInfo.username == 'ada'";

function unsure(the: () => Grounds): void {
  test('a policy of the repository that asks who deletes keeps the WebApp', async (t) => {
    const who = policyFile({ ...KEEP_B, expression: WHO });
    const it = await synced(the(), { 'policies/who.yaml': who });
    await it.repo.clone.push({ 'apps/b.yaml': null });
    t.is((await it.sync('changed')).kind, 'retry');
    t.regex(
      await messageOf(it),
      /^WebApp b cannot be deleted: .*policy keep-b: .*request.userInfo/,
    );
    t.is(await names(it), 'abc');
  });

  test('policies that cannot be read keep the WebApp', async (t) => {
    const it = await synced(the(), KEPT);
    const broken = policyFile({ ...KEEP_B, expression: 'oldObject ==' });
    await it.repo.clone.push({ 'policies/keep.yaml': broken, 'apps/c.yaml': null });
    t.is((await it.sync('changed')).kind, 'retry');
    t.regex(
      await messageOf(it),
      /^WebApp c cannot be deleted: the policies cannot be read: policies/,
    );
    t.is(await names(it), 'abc');
  });
}

/** A source in a namespace where the cluster itself keeps b. */
async function underCluster({ bench, git }: Grounds, expression = KEEP_B.expression) {
  const it = await stage({ bench, git }, APPS, { path: 'apps' });
  await it.sync();
  const policy = { ...KEEP_B, name: policyName(), expression };
  await putPolicy(bench, it.key.namespace, policy);
  await isKept(bench, { ...it.key, name: 'b' });
  await it.sync('all');
  it.counted.length = 0;
  return { it, policy, drop: () => dropPolicy(bench, policy.name) };
}

function ofTheCluster(the: () => Grounds): void {
  test("the cluster's own policy is asked before a prune is sent", async (t) => {
    const { it, policy, drop } = await underCluster(the());
    await it.repo.clone.push({ 'apps/b.yaml': null });
    t.is((await it.sync('changed')).kind, 'retry');
    t.deepEqual(deletes(it), []);
    t.is(await messageOf(it), REFUSED.replaceAll('keep-b', policy.name));
    t.deepEqual(it.counted, ['sync denied']);
    await drop();
    await eventually('it goes', async () => {
      it.pass(600_000);
      return (await it.sync('changed')).kind === 'synced';
    });
  });

  test('a policy of the cluster that asks who deletes is left to the cluster', async (t) => {
    const { bench, git } = the();
    const it = await stage({ bench, git }, APPS, { path: 'apps' });
    await it.sync();
    const name = policyName();
    const expression = "request.userInfo.username != 'nobody'";
    await putPolicy(bench, it.key.namespace, { ...KEEP_B, name, expression });
    await it.repo.clone.push({ 'apps/b.yaml': null });
    t.is((await it.sync('changed')).kind, 'synced');
    t.is(await names(it), 'ac');
    t.deepEqual(it.counted.slice(-1), ['sync unknown']);
    await dropPolicy(bench, name);
  });

  test('a prune that the API server denies by a policy that allows it to us is a mismatch', async (t) => {
    const { it, policy, drop } = await underCluster(the());
    it.through({ cluster: (of) => misread(keeping(it.bench, of, policy), policy.name) });
    await it.repo.clone.push({ 'apps/b.yaml': null });
    t.is((await it.sync('changed')).kind, 'retry');
    const source = await it.source();
    t.is(ready(source), 'False PolicyParityMismatch');
    t.regex(
      conditionOf(source, 'PolicyParityMismatch')?.message ?? '',
      /^WebApp b cannot be deleted: .*this one is to be kept/,
    );
    t.deepEqual(it.counted, ['sync allowed', 'sync allowed', 'sync mismatch']);
    t.is(await inventoryOf(it), 'abc');
    it.through({});
    it.pass(600_000);
    await it.sync('changed');
    t.is(ready(await it.source()), 'False PruneRefused', 'both deny');
    await drop();
  });
}

function ofChildren(the: () => Grounds): void {
  test('a WebApp whose child may not be deleted keeps its last good version', async (t) => {
    const it = await synced(the(), {
      'apps/a.yaml': app('a', 'a:1', '  host: a.example.com\n'),
      'policies/ingress.yaml': policyFile(KEEP_INGRESS),
    });
    await it.repo.clone.push({ 'apps/a.yaml': app('a', 'a:2') });
    t.is((await it.sync('changed')).kind, 'synced');
    const source = await it.source();
    t.deepEqual(findings(source), ['apps/a.yaml:6:3 error']);
    const [problem] = source.status.problems ?? [];
    t.regex(problem?.message ?? '', /^deleting Ingress: .*'keep-ingress' denied request: somebody/);
    t.is((await it.images()).a, 'a:1');
  });
}
