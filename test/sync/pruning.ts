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
