// How failures of syncs are counted: from one on for another commit, and where something was asked for.
import test from 'ava';
import { ApiError } from '../../gitops/api-error.ts';
import { RetryableError } from '../../gitops/errors.ts';
import type { Repositories } from '../../gitops/repository.ts';
import { ANNOTATION, annotating, annotation } from '../../gitops/webapp.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { app, type Grounds, type SyncStage, stage } from './stage.ts';

type Change = Parameters<SyncStage['through']>[0];

const refuse = async () => {
  throw new ApiError('x', 503, { message: 'later' });
};
const fetching = (change: (fetch: Repositories['fetch']) => Repositories['fetch']): Change => ({
  repositories: (of) => ({ ...of, fetch: change(of.fetch) }),
});
/** The Git server does not answer: nobody knows of which commit it would have told. */
const away = fetching(() => async () => {
  throw new RetryableError('GitUnavailable', 'no connection');
});
/** Once the commit is known: its files cannot be read, or a WebApp cannot be written. */
const failing: Record<string, Change> = {
  'at a WebApp': { cluster: (cluster) => withMethods(cluster, { apply: refuse }) },
  'before anything is written': fetching((fetch) => async (request) => ({
    ...(await fetch(request)),
    changedFiles: refuse,
  })),
};

export function counts(the: () => Grounds): void {
  for (const [where, fail] of Object.entries(failing)) {
    test(`the failures of a commit are counted from one on, where it fails ${where}`, async (t) => {
      const it = await stage(the(), { 'a.yaml': app('a') });
      await it.sync();
      const fails = async (how: Change, failures: number, commit: string | undefined) => {
        it.through(how);
        const afterMs = 1_000 * 2 ** (failures - 1) + 500;
        t.like(await it.sync('changed'), { kind: 'retry', afterMs });
        const revision = commit && `main@sha1:${commit}`;
        const retry = JSON.parse(annotation(await it.source(), ANNOTATION.retry));
        t.deepEqual([retry.failures, retry.revision], [failures, revision]);
        it.pass(afterMs);
      };
      await fails(away, 1, undefined);
      const bad = await it.repo.clone.push({ 'a.yaml': app('a', 'a:bad') });
      await fails(fail, 2, bad);
      await fails(away, 3, bad);
      await fails(fail, 4, bad);

      const good = await it.repo.clone.push({ 'a.yaml': app('a', 'a:good') });
      await fails(fail, 1, good);
      await fails(away, 2, good);
      await fails(fail, 3, good);
      it.through({});
      t.is((await it.sync()).kind, 'synced');
      t.deepEqual(await it.images(), { a: 'a:good' });
      t.is(annotation(await it.source(), ANNOTATION.retry), '');
    });
  }

  for (const [where, how] of Object.entries({ ...failing, 'at the Git server': away })) {
    test(`a request has the failures counted from one on, once, where it fails ${where}`, async (t) => {
      const it = await stage(the(), { 'a.yaml': app('a') });
      it.through(how);
      const fails = async (failures: number) => {
        const afterMs = 1_000 * 2 ** (failures - 1) + 500;
        t.like(await it.sync(), { kind: 'retry', afterMs });
        t.is(JSON.parse(annotation(await it.source(), ANNOTATION.retry)).failures, failures);
        return afterMs;
      };
      for (const failures of [1, 2, 3]) it.pass(await fails(failures));
      await fails(4);
      t.is((await it.sync()).kind, 'quiet');
      await it.edit(annotating(ANNOTATION.requestedAt, 'now'));
      for (const failures of [1, 2, 3]) it.pass(await fails(failures));
      it.through({});
      t.is((await it.sync()).kind, 'synced');
      t.is(annotation(await it.source(), ANNOTATION.retry), '');
    });
  }

  for (const [where, fail] of Object.entries(failing)) {
    test(`a branch that was seen at another commit does not wait, where it fails ${where}`, async (t) => {
      const it = await stage(the(), { 'a.yaml': app('a') });
      await it.sync();
      it.through(fail);
      const bad = await it.repo.clone.push({ 'a.yaml': app('a', 'a:bad') });
      t.is((await it.sync('changed')).kind, 'retry');
      t.is((await it.sync('changed', bad)).kind, 'quiet');
      const worse = await it.repo.clone.push({ 'a.yaml': app('a', 'a:worse') });
      t.is((await it.sync('changed')).kind, 'quiet');
      // Attempts whose counts are alike take the one that is there for their own.
      it.dice.push(0.1, 0.2, 0.3);
      const all = [1, 2, 3].map(() => it.sync('changed', worse));
      t.deepEqual((await Promise.all(all)).map(({ kind }) => kind).sort(), [
        'quiet',
        'quiet',
        'retry',
      ]);
      const retry = JSON.parse(annotation(await it.source(), ANNOTATION.retry));
      t.like(retry, { failures: 1, revision: `main@sha1:${worse}` });
      it.through({});
      const good = await it.repo.clone.push({ 'a.yaml': app('a', 'a:good') });
      t.is((await it.sync('changed', good)).kind, 'synced');
      t.deepEqual(await it.images(), { a: 'a:good' });
    });
  }
}
