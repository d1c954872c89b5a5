// What is deleted, and above all what is not.
import test from 'ava';
import { WEBAPP } from '../../gitops/kinds.ts';
import { ANNOTATION, LABEL } from '../../gitops/webapp.ts';
import { app, type Grounds, makeSource, ready, type SyncStage, stage } from './stage.ts';

const FILES = { 'apps/a.yaml': app('a'), 'apps/b.yaml': app('b') };

interface Kept {
  readonly spec?: object;
  /** What is done before the file of b goes. */
  before?(it: SyncStage): Promise<unknown>;
}

const ofB = (it: SyncStage, fields: object) =>
  it.bench.edit(WEBAPP, { ...it.key, name: 'b' }, fields);

const kept: Record<string, Kept> = {
  'with prune: false': { spec: { prune: false } },
  'with the annotation prune=disabled': {
    before: (it) => ofB(it, { metadata: { annotations: { [ANNOTATION.prune]: 'disabled' } } }),
  },
  'with the label of another source': {
    before: (it) => ofB(it, { metadata: { labels: { [LABEL.source]: 'other' } } }),
  },
  'without the label of the source': {
    before: (it) => ofB(it, { metadata: { labels: { [LABEL.source]: null } } }),
  },
};

export function pruning(the: () => Grounds): void {
  limits(the);
  for (const [title, { spec, before }] of Object.entries(kept)) {
    test(`${title} a WebApp stays when its file goes`, async (t) => {
      const it = await stage(the(), FILES, spec);
      await it.sync();
      await before?.(it);
      await it.repo.clone.push({ 'apps/b.yaml': null });
      t.is((await it.sync('changed')).kind, 'synced');
      t.truthy(await it.webapp('b'));
      t.is(ready(await it.source()), 'True ReconciliationSucceeded');
      await it.sync('all');
      t.truthy(await it.webapp('b'));
    });
  }

  test('what prune: false kept goes once pruning is switched on', async (t) => {
    const it = await stage(the(), FILES, { prune: false });
    await it.sync();
    await it.repo.clone.push({ 'apps/b.yaml': null });
    await it.sync('changed');
    await it.edit({ spec: { prune: true } });
    await it.sync();
    t.deepEqual(await it.images(), { a: 'a:1' });
  });

  for (const [title, change] of Object.entries({
    'a folder that is gone': (it: SyncStage) =>
      it.repo.clone.push({ 'apps/a.yaml': null, 'apps/b.yaml': null, 'else/a.yaml': app('a') }),
    'a path that is mistyped': (it: SyncStage) => it.edit({ spec: { path: 'aps' } }),
    'a branch that is not there': (it: SyncStage) => it.edit({ spec: { branch: 'mian' } }),
  })) {
    test(`${title} prunes nothing, and is said`, async (t) => {
      const it = await stage(the(), FILES, { path: 'apps' });
      await it.sync();
      await change(it);
      for (const force of ['changed', 'all'] as const) {
        t.is((await it.sync(force)).kind, 'retry');
        it.pass(600_000);
      }
      t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
      const source = await it.source();
      t.regex(ready(source), /^False \w+NotFound$/);
      t.regex(source.status.conditions?.[0]?.message ?? '', /\baps\b|\bapps\b|\bmian\b/);
      t.is(source.status.inventory?.length, 2);
    });
  }

  test('a file that can no longer be read prunes nothing', async (t) => {
    const it = await stage(the(), FILES);
    await it.sync();
    await it.repo.clone.push({ 'apps/b.yaml': 'apiVersion: [', 'apps/a.yaml': app('a', 'a:2') });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:2', b: 'b:1' });
    await it.sync('all');
    t.deepEqual(await it.images(), { a: 'a:2', b: 'b:1' });
    await it.repo.clone.push({ 'apps/b.yaml': null });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:2' });
  });

  test('a WebApp of the same name that another source made is neither written nor pruned', async (t) => {
    const it = await stage(the(), FILES);
    await it.sync();
    const theirs = await the().git.make({ 'b.yaml': app('b', 'theirs:1') });
    const key = { ...it.key, name: 'other' };
    await makeSource(it.bench, key, { url: theirs.url });
    const other = { ...it, key };
    await ofB(it, { metadata: { labels: { [LABEL.source]: 'other' } } });
    await it.repo.clone.push({ 'apps/b.yaml': app('b', 'b:2') });
    await it.sync('all');
    t.like(await other.webapp('b'), { spec: { image: 'b:1' } });
    const [problem] = (await it.source()).status.problems ?? [];
    t.regex(problem?.message ?? '', /WebApp b exists and belongs to WebAppSource other/);
  });
}

const EIGHT = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const fileOf = (name: string) => `apps/${name}.yaml`;
const filesOf = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [fileOf(name), app(name)]));
const without = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [fileOf(name), null]));

async function names(it: SyncStage): Promise<string> {
  return Object.keys(await it.images()).join('');
}

/** The files of six of eight WebApps go, and the image of one that stays changes. */
async function loseSix(it: SyncStage) {
  await it.repo.clone.push({ ...without(EIGHT.slice(2)), 'apps/a.yaml': app('a', 'a:2') });
}

function limits(the: () => Grounds): void {
  test('a commit without most of the files deletes none of their WebApps, is applied, and says so', async (t) => {
    const it = await stage(the(), filesOf(EIGHT));
    await it.sync();
    const before = (await it.source()).status.lastAppliedRevision;
    await loseSix(it);
    for (const force of ['changed', 'all', 'changed'] as const) {
      await it.sync(force);
      t.is(await names(it), EIGHT.join(''));
      t.is((await it.images()).a, 'a:2');
      const source = await it.source();
      t.is(ready(source), 'False PruneHeld');
      t.like(source.status.conditions?.[1], { type: 'Stalled', reason: 'PruneHeld' });
      const message = source.status.conditions?.[0]?.message ?? '';
      t.regex(message, /6 of 8 WebApps any more \(c, d, e, f, g and 1 more\)/);
      t.regex(message, /spec\.pruneLimit \(count 5, percent 50\)/);
      t.is(source.status.inventory?.length, 8);
      t.is(source.status.lastAppliedRevision, before);
    }
    t.deepEqual(it.count.writes(), [], 'what is known is not written again');
  });

  test('a prune that was held goes on once the limit is raised', async (t) => {
    const it = await stage(the(), filesOf(EIGHT));
    await it.sync();
    await loseSix(it);
    await it.sync('changed');
    await it.edit({ spec: { pruneLimit: { percent: 100 } } });
    t.is((await it.sync()).kind, 'synced');
    t.is(await names(it), 'ab');
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
    t.is((await it.source()).status.inventory?.length, 2);
  });

  test('a prune that was held is forgotten once the files are back', async (t) => {
    const it = await stage(the(), filesOf(EIGHT));
    await it.sync();
    await loseSix(it);
    await it.sync('changed');
    await it.repo.clone.push(filesOf(EIGHT.slice(2)));
    await it.sync('changed');
    t.is(await names(it), EIGHT.join(''));
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });

  test('a folder that holds other WebApps prunes none of those before, whatever made the path wrong', async (t) => {
    const it = await stage(the(), { ...filesOf(EIGHT), 'else/z.yaml': app('z') }, { path: 'apps' });
    await it.sync();
    await it.edit({ spec: { path: 'else' } });
    await it.sync();
    t.is(await names(it), `${EIGHT.join('')}z`);
    t.is(ready(await it.source()), 'False PruneHeld');
    await it.edit({ spec: { path: '.' } });
    await it.sync();
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });

  test('WebApps that would be kept anyway hold no prune', async (t) => {
    const it = await stage(the(), filesOf(EIGHT));
    await it.sync();
    await ofB(it, { metadata: { annotations: { [ANNOTATION.prune]: 'disabled' } } });
    await it.repo.clone.push(without(EIGHT.slice(1, 7)));
    await it.sync('changed');
    t.is(await names(it), 'abh');
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });

  test('with atomic a commit whose prune is held is not applied at all', async (t) => {
    const it = await stage(the(), filesOf(EIGHT), { atomic: true });
    await it.sync();
    await loseSix(it);
    await it.sync('changed');
    t.is(await names(it), EIGHT.join(''));
    t.is((await it.images()).a, 'a:1');
    t.is(ready(await it.source()), 'False PruneHeld');
  });
}
