// A Git server that tells of a push sooner than it shows it: the branch is looked at once more soon. One that shows an older
// commit than before is not believed at once.
import test, { type ExecutionContext } from 'ava';
import { createApp } from '../../functions/app.ts';
import { attemptTime } from '../../functions/attempt-time.ts';
import { readConfig } from '../../functions/config.ts';
import { type Context, createContext, type Task } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { syncIfMoved } from '../../functions/look-at-branch.ts';
import { onSourceEvent } from '../../functions/on-source-event.ts';
import { WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { FetchRequest } from '../../gitops/repository.ts';
import { ANNOTATION, annotating } from '../../gitops/webapp.ts';
import { git as runGit } from '../../infra/git-process.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { eventAbout, overHttp, TOKEN } from '../helpers/functions-entries.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { listen } from '../helpers/listen.ts';
import { manifest } from '../hostile/manifest.ts';
import { makeSource } from '../hostile/stage.ts';

/** A source of a repository with one WebApp, and functions that keep what they would do later. */
async function open(t: ExecutionContext) {
  const cluster = await testCluster();
  const git = await startTestServer();
  t.teardown(() => git.stop());
  const repo = await git.make({ 'a.yaml': manifest('a') });
  t.teardown(() => repo[Symbol.asyncDispose]());
  const key = { namespace: await freshNamespace(cluster), name: 'apps' };
  await makeSource(cluster, key, { url: repo.url });
  const tasks: (Task & { afterMs: number })[] = [];
  const config = readConfig({ FUNCTIONS: 'sources', GIT_HOSTS: '127.0.0.1', EVENT_TOKEN: TOKEN });
  const made: Context = {
    ...createContext(config, cluster.functions, createLog('silent')),
    later: (task, afterMs) => void tasks.push({ ...task, afterMs }),
  };
  return { admin: cluster.admin, repo, key, tasks, made };
}

test('a push that is not there yet is looked for once more, after twenty seconds', async (t) => {
  const { admin, repo, key, tasks, made } = await open(t);
  let { fetch } = made.repositories;
  const repositories = { ...made.repositories, fetch: (request: FetchRequest) => fetch(request) };
  const context: Context = { ...made, repositories };
  using server = await listen(createApp(context));
  const send = overHttp(server.url);
  const sync = async () => (await send(eventAbout(WEBAPP_SOURCE.kind, key))).body;
  t.deepEqual(await sync(), { outcome: 'synced' });

  const ask = async (id: string) => {
    const live = await admin.cluster.get(WEBAPP_SOURCE, key);
    const fields = annotating(ANNOTATION.requestedAt, id);
    if (live) await admin.cluster.patch(WEBAPP_SOURCE, live, { type: 'merge', fields });
  };
  const old = made.repositories.fetch({
    ...{ url: repo.url, branch: 'main' },
    signal: AbortSignal.timeout(30_000),
  });
  await old;
  await repo.clone.push({ 'b.yaml': manifest('b') });
  fetch = () => old;
  await ask('told-early');
  t.deepEqual(await sync(), { outcome: 'synced' });
  t.is(await admin.cluster.get(WEBAPP, { ...key, name: 'b' }), undefined);
  const [look, ...others] = tasks;
  t.deepEqual(others, []);
  t.like(look, { afterMs: 20_000, due: { of: WEBAPP_SOURCE, key, check: 'moved' } });

  fetch = made.repositories.fetch;
  t.like(await look?.run(), { kind: 'synced' });
  t.truthy(await admin.cluster.get(WEBAPP, { ...key, name: 'b' }));
  t.is(await look?.run().then(() => tasks.length), 1);

  await repo.clone.push({ 'c.yaml': manifest('c') });
  await ask('told-in-time');
  await sync();
  t.truthy(await admin.cluster.get(WEBAPP, { ...key, name: 'c' }));
  t.is(tasks.length, 1);
});

test('a replica that is behind takes nothing back; a branch that stays set back is followed', async (t) => {
  const { admin, repo, key, tasks, made } = await open(t);
  let passedMs = 0;
  const now = () => made.clock.now() + passedMs;
  const context: Context = { ...made, clock: { ...made.clock, now } };
  const show = (commit: string) =>
    runGit(['update-ref', 'refs/heads/main', commit], { cwd: repo.folder });
  const look = () => syncIfMoved(key, context, attemptTime(30_000));
  const b = () => admin.cluster.get(WEBAPP, { ...key, name: 'b' });
  await onSourceEvent({ key }, context, attemptTime(30_000));
  const second = await repo.clone.push({ 'b.yaml': manifest('b') });
  t.like(await look(), { kind: 'synced' });
  const before = await b();
  t.truthy(before);

  await show(repo.first);
  t.like(await look(), { kind: 'retry' });
  t.like(tasks, [{ afterMs: 20_000, isRetry: true, due: { of: WEBAPP_SOURCE, key } }]);
  t.deepEqual(await look(), { kind: 'quiet' });
  await show(second);
  passedMs += 20_000;
  t.like(await tasks[0]?.run(), { kind: 'synced' });
  t.is((await b())?.metadata.uid, before?.metadata.uid);

  await show(repo.first);
  t.like(await look(), { kind: 'retry' });
  passedMs += 20_000;
  t.like(await tasks[1]?.run(), { kind: 'synced' });
  t.is(await b(), undefined);
});
