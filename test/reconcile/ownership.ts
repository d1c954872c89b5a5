// Whose the children are.
import test from 'ava';
import { DEPLOYMENT, INGRESS, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { ObjectMeta } from '../../gitops/objects.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { eventually } from '../cluster/eventually.ts';
import { deploymentOf, service } from '../cluster/objects.ts';
import { changesOf, conditionOf, put, readyStage, type Stage, stage } from './stage.ts';

/** Makes the Service shop before the WebApp has one. */
async function stranger({ bench, key }: Stage, metadata: Partial<ObjectMeta> = {}) {
  const object = service(key.namespace, metadata);
  return bench.admin.apply(SERVICE, object, { manager: 'kubectl', live: undefined });
}

export function ownership(the: () => Bench): void {
  owned(the);
  strangers(the);
}

function owned(the: () => Bench): void {
  test('children name the WebApp as their controller and go with it', async (t) => {
    const it = await readyStage(the(), { host: 'a.example' });
    const webapp = await it.webapp();
    const { uid } = webapp.metadata;
    const owner = { apiVersion: 'example.com/v1', kind: 'WebApp', name: 'shop', uid };
    for (const kind of [DEPLOYMENT, SERVICE]) {
      const owners = (await it.read(kind))?.metadata.ownerReferences;
      t.deepEqual(owners, [{ ...owner, controller: true, blockOwnerDeletion: true } as never]);
    }
    await it.bench.admin.delete(WEBAPP, webapp);
    await eventually('the children are collected', async () => {
      const left = await Promise.all([DEPLOYMENT, SERVICE].map(it.read));
      return left.every((child) => child === undefined);
    });
    t.is((await it.visit(DEPLOYMENT)).kind, 'gone');
    t.is(await it.read(DEPLOYMENT), undefined);
  });

  test('children of an earlier WebApp of the name are waited for, not taken', async (t) => {
    const it = await stage(the());
    const owner = { apiVersion: 'example.com/v1', kind: 'WebApp', name: 'shop', controller: true };
    const ownerReferences = [{ ...owner, uid: '00000000-0000-4000-8000-000000000000' }];
    const finalizers = ['example.org/hold'];
    await stranger(it, { ownerReferences, finalizers } as Partial<ObjectMeta>);
    const outcome = await it.visit();
    t.is(outcome.kind, 'retry');
    t.like(conditionOf(await it.webapp(), 'Ready'), { reason: 'WaitingForGarbageCollection' });
    t.deepEqual((await it.read(SERVICE))?.metadata.ownerReferences, ownerReferences);

    await it.bench.edit(SERVICE, it.key, { metadata: { finalizers: null } });
    await collected(it);
    it.pass(2_000);
    const changes = changesOf(await it.visit(WEBAPP));
    t.true(changes.includes('create Service'), changes.join());
  });

  test('a WebApp that is made again gets children of its own', async (t) => {
    const it = await readyStage(the());
    const old = await it.webapp();
    const service = await it.read(SERVICE);
    await it.bench.admin.delete(WEBAPP, old);
    await put(it.bench, it.key, {});
    await eventually('the new WebApp has its children', async () => {
      const { kind } = await it.visit(WEBAPP, { full: true });
      it.pass(10_000);
      return kind === 'settled';
    });
    const { metadata } = (await it.read(SERVICE)) ?? {};
    t.not(metadata?.uid, service?.metadata.uid);
    t.is(metadata?.ownerReferences?.[0]?.uid, (await it.webapp()).metadata.uid);
  });
}

/** On the fake nobody collects what never had an owner. */
async function collected({ bench, read }: Stage): Promise<void> {
  const left = await read(SERVICE);
  if (bench.name === 'fake' && left) await bench.admin.delete(SERVICE, left);
  await eventually('the Service is collected', async () => (await read(SERVICE)) === undefined);
}

function strangers(the: () => Bench): void {
  test('a name that is taken stalls, says what to do, and is taken over once that is done', async (t) => {
    const it = await stage(the());
    const theirs = await stranger(it);
    t.is((await it.visit()).kind, 'stalled');
    const webapp = await it.webapp();
    t.is(webapp.status.phase, 'Failed');
    t.is(conditionOf(webapp, 'Stalled')?.status, 'True');
    t.is(conditionOf(webapp, 'Reconciling'), undefined);
    const { message = '' } = conditionOf(webapp, 'Ready') ?? {};
    t.regex(message, new RegExp(`Service ${it.key.namespace}/shop .*was not made for this WebApp`));
    t.regex(message, /delete it, rename the WebApp, or set the annotation \S+\/adopt=true/);
    t.deepEqual(
      (await it.read(SERVICE))?.metadata.resourceVersion,
      theirs.metadata.resourceVersion,
    );
    t.is((await it.visit()).kind, 'quiet');
    t.deepEqual(it.count.requests, ['get WebApp shop']);

    await it.bench.edit(SERVICE, it.key, {
      metadata: { annotations: { [ANNOTATION.adopt]: 'true' } },
    });
    await it.visit(WEBAPP, { full: true });
    const taken = await it.read(SERVICE);
    t.is(taken?.metadata.uid, theirs.metadata.uid);
    t.is(taken?.metadata.ownerReferences?.[0]?.uid, webapp.metadata.uid);
    t.is(conditionOf(await it.webapp(), 'Stalled'), undefined);
  });

  test('S36 the uid of a WebApp on an object that somebody else has made lets it neither be taken nor deleted', async (t) => {
    const it = await stage(the(), { deletionPolicy: 'Orphan' });
    const { uid = '' } = (await it.webapp()).metadata;
    const annotations = { [ANNOTATION.ownerUid]: uid };
    const service = await stranger(it, { annotations });
    const { namespace, name } = it.key;
    const ingress = await it.bench.admin.apply(
      INGRESS,
      {
        apiVersion: INGRESS.apiVersion,
        kind: INGRESS.kind,
        metadata: { namespace, name, annotations },
        spec: { defaultBackend: { service: { name, port: { number: 80 } } } },
      },
      { manager: 'kubectl', live: undefined },
    );
    t.is((await it.visit()).kind, 'stalled');
    t.like(conditionOf(await it.webapp(), 'Stalled'), { reason: 'NameConflict' });
    t.deepEqual((await it.read(SERVICE))?.metadata, service.metadata);
    await it.bench.admin.delete(SERVICE, service);
    await it.visit(WEBAPP, { full: true });
    t.deepEqual((await it.read(INGRESS))?.metadata, ingress.metadata);
  });

  test('R31 a child that a finalizer holds is deleted once, and made again only when it is gone', async (t) => {
    const it = await readyStage(the(), { host: 'a.example' });
    const finalizers = ['example.org/hold'];
    await it.bench.edit(INGRESS, it.key, { metadata: { finalizers } });
    const before = await it.read(INGRESS);
    await it.edit({ spec: { host: null } });
    t.true(changesOf(await it.visit()).includes('delete Ingress'));
    t.deepEqual(changesOf(await it.visit(WEBAPP, { full: true })), []);
    t.is(conditionOf(await it.webapp(), 'Ready')?.status, 'True', 'nobody asks for it');
    await it.edit({ spec: { host: 'b.example' } });
    for (const _visit of [1, 2]) {
      t.deepEqual(changesOf(await it.visit(WEBAPP, { full: true })), []);
      t.is((await it.read(INGRESS))?.metadata.uid, before?.metadata.uid);
      t.like(conditionOf(await it.webapp(), 'Ready'), {
        status: 'False',
        reason: 'WaitingForDeletion',
      });
    }
    await it.bench.edit(INGRESS, it.key, { metadata: { finalizers: null } });
    await eventually('it is gone', async () => (await it.read(INGRESS)) === undefined);
    t.deepEqual(changesOf(await it.visit(INGRESS)), ['create Ingress']);
    t.is(conditionOf(await it.webapp(), 'Ready')?.status, 'True');
  });

  test('a stranger who goes away makes room', async (t) => {
    const it = await stage(the());
    const theirs = await stranger(it);
    await it.visit();
    await it.bench.admin.delete(SERVICE, theirs);
    await it.visit(SERVICE);
    t.is((await it.read(SERVICE))?.metadata.ownerReferences?.[0]?.name, 'shop');
    t.is(conditionOf(await it.webapp(), 'Stalled'), undefined);
  });

  test('an object that another controller owns is not taken, whatever its annotations', async (t) => {
    const it = await stage(the());
    const { metadata, apiVersion, kind } = await put(it.bench, { ...it.key, name: 'other' }, {});
    const owner = { apiVersion, kind, name: 'other', uid: metadata.uid ?? '', controller: true };
    const annotations = { [ANNOTATION.adopt]: 'true' };
    await stranger(it, { ownerReferences: [owner], annotations });
    t.is((await it.visit()).kind, 'stalled');
    const { message = '' } = conditionOf(await it.webapp(), 'Stalled') ?? {};
    t.regex(message, /is controlled by WebApp other/);
    t.deepEqual((await it.read(SERVICE))?.metadata.ownerReferences, [owner]);
  });

  test('R32: a Deployment with another selector cannot be adopted, stays as it is, and the status says so', async (t) => {
    const it = await stage(the());
    const theirs = deploymentOf(it.key.namespace);
    const annotations = { [ANNOTATION.adopt]: 'true' };
    const object = { ...theirs, metadata: { ...theirs.metadata, annotations } };
    await it.bench.admin.apply(DEPLOYMENT, object, { manager: 'kubectl', live: undefined });
    await it.bench.rolledOut(it.key);
    const before = await it.read(DEPLOYMENT);
    t.is((await it.visit()).kind, 'stalled');
    t.deepEqual(
      it.count.requests.filter((line) => line.startsWith('delete ')),
      [],
    );
    const after = await it.read(DEPLOYMENT);
    t.is(after?.metadata.uid, before?.metadata.uid);
    t.deepEqual([after?.metadata.labels, after?.spec], [before?.metadata.labels, before?.spec]);
    const { message = '', reason } = conditionOf(await it.webapp(), 'Stalled') ?? {};
    t.is(reason, 'Rejected');
    t.regex(message, /selector.*immutable/);
  });
}
