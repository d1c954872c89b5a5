// What becomes of the children when their WebApp is deleted.
import test from 'ava';
import { DEPLOYMENT, INGRESS, type Kind, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { eventually } from '../cluster/eventually.ts';
import { service } from '../cluster/objects.ts';
import { changesOf, conditionOf, put, readyStage, type Stage, specOf } from './stage.ts';

const ORPHAN = { deletionPolicy: 'Orphan' };
const KINDS = [DEPLOYMENT, SERVICE];

/** Returns the uids that own a child by reference and by annotation, as "reference|annotation". */
async function ownerOf(it: Stage, of: Kind): Promise<string> {
  const child = await it.read(of);
  if (child === undefined) return 'gone';
  const uids = (child.metadata.ownerReferences ?? []).map(({ uid }) => uid);
  return `${uids.join()}|${annotation(child, ANNOTATION.ownerUid)}`;
}

function owners(it: Stage): Promise<string[]> {
  return Promise.all(KINDS.map((kind) => ownerOf(it, kind)));
}

async function uidOf(it: Stage): Promise<string> {
  return (await it.webapp()).metadata.uid ?? '';
}

/** Deletes the WebApp and returns once the garbage collector has dealt with what it owned. */
async function deleteAndCollect(it: Stage): Promise<void> {
  const { apiVersion, kind, metadata } = await it.webapp();
  const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' };
  const bait = service(it.key.namespace, { name: 'bait', ownerReferences: [owner] });
  await it.bench.admin.apply(SERVICE, bait, { manager: 'kubectl', live: undefined });
  await it.bench.admin.delete(WEBAPP, await it.webapp());
  await eventually('the garbage collector has been there', async () => {
    const left = await it.bench.admin.get(SERVICE, { ...it.key, name: 'bait' });
    return left === undefined;
  });
}

const both = (text: string) => KINDS.map(() => text);

export function orphans(the: () => Bench): void {
  test('with deletionPolicy Orphan children have no owner reference, run on, and are kept as they should be', async (t) => {
    const it = await readyStage(the(), { ...ORPHAN, host: 'a.example' });
    const uid = await uidOf(it);
    t.deepEqual(await owners(it), both(`|${uid}`));
    t.is((await it.webapp()).status.phase, 'Ready');
    await it.bench.edit(SERVICE, it.key, { spec: { type: 'NodePort' } });
    t.deepEqual(changesOf(await it.visit(SERVICE)), ['apply Service']);
    await it.edit({ spec: { host: null } });
    t.true(changesOf(await it.visit()).includes('delete Ingress'), 'an unwanted child still goes');
    t.is(await ownerOf(it, INGRESS), 'gone');

    const before = await Promise.all(KINDS.map(it.read));
    await deleteAndCollect(it);
    t.is((await it.visit()).kind, 'gone');
    const after = await Promise.all(KINDS.map(it.read));
    t.deepEqual(
      after.map((child) => child?.metadata.uid),
      before.map((child) => child?.metadata.uid),
    );
  });

  test('a change of deletionPolicy moves the ownership of the children there and back, in one write each', async (t) => {
    const it = await readyStage(the());
    const uid = await uidOf(it);
    for (const [deletionPolicy, want] of [
      ['Orphan', `|${uid}`],
      ['Delete', `${uid}|`],
      ['Orphan', `|${uid}`],
      ['Delete', `${uid}|`],
    ] as const) {
      await it.edit({ spec: { deletionPolicy } });
      const changes = changesOf(await it.visit());
      t.deepEqual(changes, ['apply Deployment', 'apply Service']);
      t.deepEqual(await owners(it), both(want));
      t.deepEqual(changesOf(await it.visit(WEBAPP, { full: true })), []);
    }
  });

  test('a reference that somebody else has written is taken away, too', async (t) => {
    const it = await readyStage(the());
    const { ownerReferences } = (await it.read(SERVICE))?.metadata ?? {};
    await it.bench.edit(SERVICE, it.key, { metadata: { ownerReferences: null } });
    await it.bench.edit(SERVICE, it.key, { metadata: { ownerReferences } });
    await it.edit({ spec: { ...ORPHAN, service: { type: 'NodePort' } } });
    await it.visit();
    t.deepEqual(await owners(it), both(`|${await uidOf(it)}`));
    t.is(specOf(await it.read(SERVICE)).type, 'NodePort');
    t.deepEqual(changesOf(await it.visit(WEBAPP, { full: true })), []);
    await it.edit({ spec: { deletionPolicy: 'Delete' } });
    await it.visit();
    t.is((await it.read(SERVICE))?.metadata.ownerReferences?.[0]?.uid, await uidOf(it));
  });

  test('a WebApp that is made again does not take what an earlier one left, until that consents', async (t) => {
    const it = await readyStage(the(), ORPHAN);
    await it.bench.admin.delete(WEBAPP, await it.webapp());
    await put(it.bench, it.key, { image: 'other:2' });
    t.is((await it.visit()).kind, 'stalled');
    const { message = '', reason } = conditionOf(await it.webapp(), 'Stalled') ?? {};
    t.is(reason, 'NameConflict');
    t.regex(message, /shop exists and was left by an earlier WebApp: .*adopt=true/);
    const template = specOf(await it.read(DEPLOYMENT)).template as {
      spec: { containers: unknown };
    };
    t.like(template.spec.containers, [{ image: 'nginx:1.27' }]);

    const annotations = { [ANNOTATION.adopt]: 'true' };
    for (const kind of KINDS) await it.bench.edit(kind, it.key, { metadata: { annotations } });
    await it.visit(WEBAPP, { full: true });
    t.deepEqual(await owners(it), both(`${await uidOf(it)}|`));
    t.is(conditionOf(await it.webapp(), 'Stalled'), undefined);
  });
}
