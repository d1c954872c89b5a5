// From a push to its WebApps.
import test from 'ava';
import { RetryableError } from '../../gitops/errors.ts';
import { WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation, LABEL, SOURCE_MANAGER } from '../../gitops/webapp.ts';
import { app, type Grounds, ready, stage } from './stage.ts';

export function syncs(the: () => Grounds): void {
  following(the);
  healing(the);
  resting(the);
}

function following(the: () => Grounds): void {
  test('the first sync makes every WebApp below the path and says so', async (t) => {
    const files = {
      'apps/a.yaml': app('a'),
      'apps/deep/b.yml': app('b', 'b:1', '  replicas: 3\n'),
      'apps/two.yaml': `${app('c')}---\n${app('d')}`,
      'apps/README.md': 'not YAML: [',
      'other/e.yaml': app('e'),
    };
    const it = await stage(the(), files, { path: './apps/' });
    t.is((await it.sync()).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1', c: 'c:1', d: 'd:1' });
    t.deepEqual(it.count.writes().sort(), [
      'apply WebApp a',
      'apply WebApp b',
      'apply WebApp c',
      'apply WebApp d',
      'applyStatus WebAppSource apps',
      'applyStatus WebAppSource apps',
    ]);
    const revision = `main@sha1:${it.repo.first}`;
    const source = await it.source();
    t.is(ready(source), 'True ReconciliationSucceeded');
    t.like(source.status, {
      observedGeneration: 1,
      lastAttemptedRevision: revision,
      lastAppliedRevision: revision,
      inventory: [
        { name: 'a', path: 'apps/a.yaml' },
        { name: 'b', path: 'apps/deep/b.yml' },
        { name: 'c', path: 'apps/two.yaml' },
        { name: 'd', path: 'apps/two.yaml' },
      ],
    });
    t.is(source.status.problems, undefined);
    const b = await it.webapp('b');
    t.like(b, { spec: { replicas: 3 }, metadata: { labels: { [LABEL.source]: 'apps' } } });
    t.is(b && annotation(b, ANNOTATION.revision), revision);
  });

  test('a push that changes, adds and deletes is exactly those writes', async (t) => {
    const files = { 'a.yaml': app('a'), 'b.yaml': app('b'), 'same.yaml': app('same') };
    const it = await stage(the(), files);
    await it.sync();
    const same = await it.webapp('same');
    const changes = { 'a.yaml': app('a', 'a:2'), 'b.yaml': null, 'c.yaml': app('c') };
    const commit = await it.repo.clone.push(changes);
    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(it.count.requests.sort(), [
      'apply WebApp a',
      'apply WebApp c',
      'applyStatus WebAppSource apps',
      'applyStatus WebAppSource apps',
      'delete WebApp b',
      'get WebApp a',
      'get WebApp b',
      'get WebAppSource apps',
      'list ValidatingAdmissionPolicy',
    ]);
    t.deepEqual(await it.images(), { a: 'a:2', c: 'c:1', same: 'same:1' });
    t.deepEqual(await it.webapp('same'), same);
    const a = await it.webapp('a');
    t.is(a && annotation(a, ANNOTATION.revision), `main@sha1:${commit}`);
    t.is((await it.source()).status.lastAppliedRevision, `main@sha1:${commit}`);
  });

  test('a WebApp whose file is renamed stays the same object', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a'), 'b.yaml': app('b') });
    await it.sync();
    const before = await it.webapp('a');
    await it.repo.clone.push({ 'a.yaml': null, 'moved/a.yaml': app('a') });
    await it.sync('changed');
    t.is((await it.webapp('a'))?.metadata.uid, before?.metadata.uid);
    t.false(it.count.writes().includes('delete WebApp a'));
    t.deepEqual((await it.source()).status.inventory, [
      { name: 'a', path: 'moved/a.yaml' },
      { name: 'b', path: 'b.yaml' },
    ]);
  });

  test('a document taken out of a file of two is pruned', async (t) => {
    const it = await stage(the(), { 'two.yaml': `${app('a')}---\n${app('b')}` });
    await it.sync();
    await it.repo.clone.push({ 'two.yaml': app('b') });
    await it.sync('changed');
    t.deepEqual(await it.images(), { b: 'b:1' });
  });

  test('a branch that is pushed back by force takes the WebApps back', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a'), 'b.yaml': app('b') });
    await it.sync();
    await it.repo.clone.push({ 'a.yaml': app('a', 'a:2'), 'b.yaml': null, 'c.yaml': app('c') });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:2', c: 'c:1' });
    await it.repo.clone.git('reset', '--quiet', '--hard', it.repo.first);
    await it.repo.clone.git('push', '--quiet', '--force', 'origin', 'HEAD');
    t.is((await it.sync('changed')).kind, 'retry');
    t.deepEqual(await it.images(), { a: 'a:2', c: 'c:1' });
    it.pass(20_000);
    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    t.is((await it.source()).status.lastAppliedRevision, `main@sha1:${it.repo.first}`);
  });

  test('what a spec asks for anew is done though the first attempt failed', async (t) => {
    const it = await stage(
      the(),
      { 'apps/a.yaml': app('a'), 'more/b.yaml': app('b') },
      { path: 'apps' },
    );
    await it.sync();
    await it.edit({ spec: { path: 'more' } });
    const fetch = async () => {
      throw new RetryableError('GitUnreachable', 'away');
    };
    it.through({ repositories: (of) => ({ ...of, fetch }) });
    t.is((await it.sync()).kind, 'retry');
    it.through({});
    it.pass(10_000);
    t.is((await it.sync()).kind, 'synced');
    t.deepEqual(await it.images(), { b: 'b:1' });
  });

  test('another path in the spec is another set of WebApps', async (t) => {
    const files = { 'x/a.yaml': app('a'), 'y/a.yaml': app('a', 'a:y'), 'y/b.yaml': app('b') };
    const it = await stage(the(), { ...files, 'x/c.yaml': app('c') }, { path: 'x' });
    await it.sync();
    t.deepEqual(await it.images(), { a: 'a:1', c: 'c:1' });
    await it.edit({ spec: { path: 'y' } });
    await it.sync();
    t.deepEqual(await it.images(), { a: 'a:y', b: 'b:1' });
  });
}

function healing(the: () => Grounds): void {
  test('a sync of all puts right what was edited, deleted and left over', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a'), 'b.yaml': app('b'), 'c.yaml': app('c') });
    await it.sync();
    await it.bench.edit(WEBAPP, { ...it.key, name: 'a' }, { spec: { image: 'hand:1' } });
    const b = await it.webapp('b');
    if (b) await it.bench.admin.delete(WEBAPP, b);
    const labels = { [LABEL.source]: 'apps' };
    const metadata = { name: 'orphan', namespace: it.key.namespace, labels };
    const orphan = { apiVersion: 'example.com/v1', kind: 'WebApp', metadata, spec: { image: 'o' } };
    await it.bench.admin.apply(WEBAPP, orphan, { manager: SOURCE_MANAGER, live: undefined });

    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'hand:1', c: 'c:1', orphan: 'o' });
    t.is((await it.sync('all')).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1', c: 'c:1' });
    t.false(it.count.writes().includes('apply WebApp c'));
    await it.sync('all');
    t.deepEqual(it.count.writes(), []);
  });

  test('what a person adds to a WebApp beside the file stays', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    await it.sync();
    const metadata = { annotations: { note: 'keep' } };
    await it.bench.edit(WEBAPP, { ...it.key, name: 'a' }, { metadata, spec: { replicas: 4 } });
    await it.repo.clone.push({ 'a.yaml': app('a', 'a:2') });
    await it.sync('changed');
    t.like(await it.webapp('a'), { metadata, spec: { replicas: 4, image: 'a:2' } });
  });
}

function resting(the: () => Grounds): void {
  test('with nothing new, a sync reads the source and writes nothing', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    await it.sync();
    const source = await it.source();
    t.is((await it.sync()).kind, 'quiet');
    t.deepEqual(it.count.requests, ['get WebAppSource apps']);
    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(it.count.requests, ['get WebAppSource apps']);
    t.deepEqual(await it.source(), source);
  });

  test('a request is answered, and an event about the answer is nothing to do', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    await it.sync();
    await it.edit({ metadata: { annotations: { [ANNOTATION.requestedAt]: 'push-1' } } });
    t.is((await it.sync()).kind, 'synced');
    t.is((await it.source()).status.lastHandledReconcileAt, 'push-1');
    t.is((await it.sync()).kind, 'quiet');
  });

  test('a suspended source is not followed until it is resumed', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    await it.sync();
    await it.edit({ spec: { suspend: true } });
    await it.repo.clone.push({ 'a.yaml': app('a', 'a:2') });
    for (const force of [undefined, 'changed', 'all'] as const) {
      t.is((await it.sync(force)).kind, 'quiet');
      t.deepEqual(await it.images(), { a: 'a:1' });
    }
    t.is(ready(await it.source()), 'Unknown Suspended');
    t.is((await it.source()).status.lastAppliedRevision, `main@sha1:${it.repo.first}`);
    await it.edit({ spec: { suspend: false } });
    await it.sync();
    t.deepEqual(await it.images(), { a: 'a:2' });
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });

  test('a source that is gone is nothing to do', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    await it.bench.admin.delete(WEBAPP_SOURCE, await it.source());
    t.is((await it.sync('all')).kind, 'gone');
    t.deepEqual(it.count.requests, ['get WebAppSource apps']);
  });
}
