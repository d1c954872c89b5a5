// Repositories that ask who one is, and those that do not answer.
import test from 'ava';
import { SECRET } from '../../gitops/kinds.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { testCluster } from '../helpers/control-plane.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { FUNCTIONS, grant } from '../helpers/rights.ts';
import { app, type Grounds, makeSecret, ready, type SyncStage, stage } from './stage.ts';

const LOGIN = { username: 'robot', password: 'right' };

/** Grants the functions the Secrets of the namespace, as the guide says; the fake knows no rights. */
async function grantSecrets({ name }: Bench, namespace: string): Promise<void> {
  if (name === 'fake') return;
  const { admin } = await testCluster();
  await grant(admin, { role: 'webapp-source-secrets', to: FUNCTIONS, namespace });
}

/** Makes a stage whose repository is on a server that asks for LOGIN. */
async function privateStage(grounds: Grounds): Promise<SyncStage & AsyncDisposable> {
  const { server, stop } = await startTestServer({ auth: LOGIN });
  const url = await server.createRepository('private', { 'a.yaml': app('a') });
  const it = await stage(grounds, {}, { url, secretRef: { name: 'login' } });
  return { ...it, [Symbol.asyncDispose]: stop };
}

async function readyMessage(it: SyncStage): Promise<string> {
  const source = await it.source();
  return `${ready(source)}: ${source.status.conditions?.[0]?.message}`;
}

export function access(the: () => Grounds, name: 'fake' | 'real'): void {
  test('a private repository is read with the Secret of its namespace', async (t) => {
    await using it = await privateStage(the());
    await grantSecrets(it.bench, it.key.namespace);
    await makeSecret(it.bench, it.key.namespace, LOGIN);
    t.is((await it.sync()).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1' });
    t.true(it.count.requests.includes('get Secret login'));
  });

  test('a Secret that comes later is found by the next attempt', async (t) => {
    await using it = await privateStage(the());
    await grantSecrets(it.bench, it.key.namespace);
    t.is((await it.sync()).kind, 'retry');
    t.regex(await readyMessage(it), /^False SecretNotFound: Secret \S+\/login does not exist/);
    t.regex((await it.source()).metadata.annotations?.[ANNOTATION.retry] ?? '', /"failures":1/);
    t.is((await it.sync('all')).kind, 'quiet');
    await makeSecret(it.bench, it.key.namespace, LOGIN);
    it.pass(2_000);
    t.is((await it.sync()).kind, 'synced');
    t.is((await it.source()).metadata.annotations?.[ANNOTATION.retry], undefined);
  });

  const wrong: Record<string, { data: Record<string, string>; message: RegExp }> = {
    'a wrong password': {
      data: { ...LOGIN, password: 'wrong' },
      message: /^False \w+: .*(401|credentials|password)/,
    },
    'a Secret without a password': {
      data: { username: 'robot' },
      message: /^False SecretInvalid: Secret \S+ has no key password/,
    },
  };
  for (const [title, { data, message }] of Object.entries(wrong)) {
    test(`${title} is said, and never shown`, async (t) => {
      await using it = await privateStage(the());
      await grantSecrets(it.bench, it.key.namespace);
      await makeSecret(it.bench, it.key.namespace, data);
      t.not((await it.sync()).kind, 'synced');
      t.regex(await readyMessage(it), message);
      t.false(JSON.stringify(await it.source()).includes(data.password ?? 'nothing'));
      t.deepEqual(await it.images(), {});
      const secret = await it.bench.admin.get(SECRET, { ...it.key, name: 'login' });
      if (secret) await it.bench.admin.delete(SECRET, secret);
      await makeSecret(it.bench, it.key.namespace, LOGIN);
      it.pass(600_000);
      t.is((await it.sync('changed')).kind, 'synced');
    });
  }

  if (name === 'real') {
    test('without the right to read Secrets, the source says that', async (t) => {
      await using it = await privateStage(the());
      await makeSecret(it.bench, it.key.namespace, LOGIN);
      t.is((await it.sync()).kind, 'retry');
      t.regex(await readyMessage(it), /^False Forbidden: secrets "login" is forbidden/);
    });
  }

  test('a Git server that is away is tried again, and nothing is lost', async (t) => {
    const away = await startTestServer();
    const grounds = the();
    const it = await stage({ ...grounds, git: away }, { 'a.yaml': app('a') });
    await it.sync();
    await away.stop();
    t.is((await it.sync('all')).kind, 'retry');
    t.regex(await readyMessage(it), /^False GitUnreachable: /);
    t.deepEqual(await it.images(), { a: 'a:1' });
    t.is((await it.source()).status.inventory?.length, 1);
    t.truthy((await it.source()).status.lastAppliedRevision);
  });
}
