// What gitops/cluster.ts promises, asked of every implementation.
import test from 'ava';
import { ApiError, isConflict } from '../../gitops/api-error.ts';
import { DEPLOYMENT, SECRET, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import { appliedFields, type KubeObject } from '../../gitops/objects.ts';
import type { Bench } from './bench.ts';
import { writing } from './contract-writes.ts';
import { eventually } from './eventually.ts';
import { deploymentOf, keyOf, service, spec, staleWrites, webapp } from './objects.ts';

const manager = 'tester';

/** Registers the suite for the cluster that `open` returns. */
export function clusterContract(open: () => Promise<Bench>): void {
  let bench: Bench;
  test.before(async () => {
    bench = await open();
  });
  reading(() => bench);
  creating(() => bench);
  conditions(() => bench);
  writing(() => bench);
}

function reading(the: () => Bench): void {
  test('what is absent is undefined for a read, and nothing to do for a delete', async (t) => {
    const { cluster, namespace } = the();
    const absent = webapp(await namespace(), 'nobody');
    t.is(await cluster.get(WEBAPP, keyOf(absent)), undefined);
    await t.notThrowsAsync(cluster.delete(WEBAPP, absent));
  });

  test('a list comes in pages, of one namespace and with one label only', async (t) => {
    const { cluster, namespace } = the();
    const [here, elsewhere] = [await namespace(), await namespace()];
    const labels = { team: 'red' };
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const object = webapp(here, name, { metadata: { labels } });
      await cluster.apply(WEBAPP, object, { manager, live: undefined });
    }
    await cluster.apply(WEBAPP, webapp(here, 'blue'), { manager, live: undefined });
    const other = webapp(elsewhere, 'f', { metadata: { labels } });
    await cluster.apply(WEBAPP, other, { manager, live: undefined });

    const pages: string[][] = [];
    let next: string | undefined;
    do {
      const options = { namespace: here, labelSelector: 'team=red', limit: 2 };
      const page = await cluster.list(WEBAPP, { ...options, ...(next && { next }) });
      pages.push(page.items.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
      t.truthy(page.resourceVersion);
      next = page.next;
    } while (next);
    t.deepEqual(pages, [['WebApp a', 'WebApp b'], ['WebApp c', 'WebApp d'], ['WebApp e']]);

    const everywhere = await cluster.list(WEBAPP, { labelSelector: 'team=red' });
    const found = everywhere.items.filter(({ metadata }) => metadata.namespace === elsewhere);
    t.deepEqual(
      found.map(({ apiVersion, metadata }) => [apiVersion, metadata.name]),
      [['example.com/v1', 'f']],
    );
  });
}

function creating(the: () => Bench): void {
  test('an apply without a live object creates once', async (t) => {
    const { cluster, namespace } = the();
    const object = webapp(await namespace(), 'shop');
    const made = await cluster.apply(WEBAPP, object, { manager, live: undefined });
    t.like(made, { metadata: { generation: 1 }, status: { observedGeneration: -1 } });
    t.deepEqual(made.spec, spec({ image: 'nginx:1.27' }));

    const other = webapp(object.metadata.namespace, 'shop', { spec: { image: 'other:1' } });
    const again = cluster.apply(WEBAPP, other, { manager, live: undefined });
    const error = await t.throwsAsync(again, { instanceOf: ApiError });
    t.is(error.status, 409);
    t.true(isConflict(error));
    t.deepEqual(await cluster.get(WEBAPP, keyOf(object)), made);
  });

  for (const kind of [WEBAPP, DEPLOYMENT]) {
    test(`of racers who create the same ${kind.kind}, one wins`, async (t) => {
      const { cluster, namespace } = the();
      const object =
        kind === WEBAPP ? webapp(await namespace(), 'a') : deploymentOf(await namespace());
      const racers = ['first', 'second', 'third', 'fourth'].map((name) => {
        const labels = { racer: name };
        return { ...object, metadata: { ...object.metadata, labels } };
      });
      const results = await Promise.allSettled(
        racers.map((racer) => cluster.apply(kind, racer, { manager, live: undefined })),
      );
      const winners = results.filter((result) => result.status === 'fulfilled');
      const losers = results.filter((result) => result.status === 'rejected');
      t.is(winners.length, 1);
      t.true(losers.every(({ reason }) => isConflict(reason)));
      const { uid, labels } = winners[0]?.value.metadata ?? {};
      t.like(await cluster.get(kind, keyOf(object)), { metadata: { uid, labels } });
    });
  }

  test('an apply over anything creates, and changes what is there', async (t) => {
    const { cluster, namespace } = the();
    const object = webapp(await namespace(), 'shop');
    const { metadata } = await cluster.apply(WEBAPP, object, { manager, live: 'any' });
    const other = webapp(metadata.namespace, 'shop', { spec: { image: 'other:1' } });
    const changed = await cluster.apply(WEBAPP, other, { manager, live: 'any' });
    t.like(changed, { spec: { image: 'other:1' }, metadata: { uid: metadata.uid, generation: 2 } });
  });

  test('a dry run says what would be and stores nothing', async (t) => {
    const { cluster, namespace } = the();
    const object = webapp(await namespace(), 'shop');
    const told = await cluster.apply(WEBAPP, object, { manager, live: undefined, dryRun: true });
    t.deepEqual(told.spec, spec({ image: 'nginx:1.27' }));
    t.is(await cluster.get(WEBAPP, keyOf(object)), undefined);

    const live = await cluster.apply(WEBAPP, object, { manager, live: undefined });
    const other = webapp(live.metadata.namespace, 'shop', { spec: { image: 'other:1' } });
    await cluster.apply(WEBAPP, other, { manager, live, dryRun: true });
    t.deepEqual(await cluster.get(WEBAPP, keyOf(object)), live);
    const beaten = cluster.apply(WEBAPP, other, { manager, live: undefined, dryRun: true });
    t.true(isConflict(await t.throwsAsync(beaten)));
  });

  test('a plain create is refused when the object is there', async (t) => {
    const { admin, namespace } = the();
    const metadata = { name: 'login', namespace: await namespace() };
    const object = { apiVersion: 'v1', kind: 'Secret', metadata, data: { a: 'Yg==' } };
    const made = await admin.create(SECRET, object);
    t.like(made, { data: { a: 'Yg==' } });
    t.true(isConflict(await t.throwsAsync(admin.create(SECRET, object))));
    t.like(await admin.get(SECRET, metadata), { metadata: { uid: made.metadata.uid } });
  });
}

function conditions(the: () => Bench): void {
  for (const [title, write] of Object.entries(staleWrites)) {
    test(`${title} with an old resourceVersion is a conflict and changes nothing`, async (t) => {
      const { cluster, edit, namespace } = the();
      const object = webapp(await namespace(), 'shop');
      const old = await cluster.apply(WEBAPP, object, { manager, live: undefined });
      const now = await edit(WEBAPP, keyOf(object), { metadata: { labels: { by: 'hand' } } });
      t.true(isConflict(await t.throwsAsync(write(cluster, old))));
      t.deepEqual(await cluster.get(WEBAPP, keyOf(object)), now);
    });

    test(`${title} with the uid of a deleted object makes nothing and changes no other`, async (t) => {
      const { cluster, namespace } = the();
      const object = webapp(await namespace(), 'shop');
      const old = await cluster.apply(WEBAPP, object, { manager, live: undefined });
      await cluster.delete(WEBAPP, old);
      t.is(await cluster.get(WEBAPP, keyOf(object)), undefined);
      // A delete of what is gone has nothing to do; all other writes have lost their object.
      const result = await write(cluster, old).then(() => 'done', isConflict);
      t.is(result, title === 'delete' ? 'done' : true);
      t.is(await cluster.get(WEBAPP, keyOf(object)), undefined);

      const another = await cluster.apply(WEBAPP, object, { manager, live: undefined });
      t.true(isConflict(await t.throwsAsync(write(cluster, old))));
      t.deepEqual(await cluster.get(WEBAPP, keyOf(object)), another);
    });
  }

  test('a uid alone is a condition too, for all but the status', async (t) => {
    const { cluster, namespace } = the();
    const object = webapp(await namespace(), 'shop');
    const live = await cluster.apply(WEBAPP, object, { manager, live: undefined });
    const uid = '00000000-0000-4000-8000-000000000000';
    const stranger = { ...live, metadata: { ...live.metadata, uid } };
    for (const title of ['apply', 'patch', 'delete'] as const) {
      t.true(isConflict(await t.throwsAsync(staleWrites[title](cluster, stranger))), title);
    }
    t.deepEqual(await cluster.get(WEBAPP, keyOf(object)), live);
  });

  test('what an owner leaves behind is collected', async (t) => {
    const { cluster, namespace } = the();
    const object = webapp(await namespace(), 'shop');
    const live = await cluster.apply(WEBAPP, object, { manager, live: undefined });
    const { name, uid = '' } = live.metadata;
    const owner = { apiVersion: WEBAPP.apiVersion, kind: WEBAPP.kind, name, uid, controller: true };
    const child: KubeObject = service(object.metadata.namespace, { ownerReferences: [owner] });
    const made = await cluster.apply(SERVICE, child, { manager, live: undefined });
    t.truthy(appliedFields(made, manager)?.['f:metadata']?.['f:ownerReferences']);
    await cluster.delete(WEBAPP, live);
    await eventually('the Service is collected', async () => {
      return (await cluster.get(SERVICE, keyOf(child))) === undefined;
    });
    t.pass();
  });

  test('an object with a finalizer stays until it is taken off', async (t) => {
    const { cluster, edit, namespace } = the();
    const object = webapp(await namespace(), 'shop');
    await cluster.apply(WEBAPP, object, { manager, live: undefined });
    const finalizers = ['example.org/hold'];
    const held = await edit(WEBAPP, keyOf(object), { metadata: { finalizers } });
    await cluster.delete(WEBAPP, held);
    const going = await cluster.get(WEBAPP, keyOf(object));
    t.truthy(going?.metadata.deletionTimestamp);
    await edit(WEBAPP, keyOf(object), { metadata: { finalizers: null } });
    t.is(await cluster.get(WEBAPP, keyOf(object)), undefined);
  });
}
