import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test from 'ava';
import { git } from '../../infra/git-process.ts';
import { startGitServer } from '../../infra/git-server.ts';
import { eventually } from '../cluster/eventually.ts';
import { cloneRepository, startTestServer } from '../helpers/git-repo.ts';
import { listen } from '../helpers/listen.ts';

const secret = 'shared';
const NONE = '0'.repeat(40);

interface Delivery {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A receiver of webhooks that answers with these status codes, one after the other, then 204. */
async function receive(...statuses: number[]) {
  const deliveries: Delivery[] = [];
  let arrived = Promise.withResolvers<void>();
  const server = await listen(async (request, response) => {
    deliveries.push({ headers: request.headers, body: await buffer(request) });
    response.writeHead(statuses.shift() ?? 204).end();
    arrived.resolve();
    arrived = Promise.withResolvers();
  });
  async function until(count: number): Promise<Delivery[]> {
    while (deliveries.length < count) await arrived.promise;
    return deliveries;
  }
  return { url: server.url, until, deliveries, [Symbol.dispose]: () => server[Symbol.dispose]() };
}

const events = (deliveries: Delivery[]) => deliveries.map(({ body }) => JSON.parse(String(body)));

test('files come back from a clone, whatever their names and content', async (t) => {
  const { server, stop } = await startTestServer();
  const files = { 'a b/"q" ü.yaml': 'Grüße\n', 'empty.yaml': '', 'back\\slash': 'x' };
  const url = await server.createRepository('team/app', files);
  t.is(url, `${server.url}/team/app.git`);
  await t.throwsAsync(server.createRepository('team/app', {}), { message: /already/ });
  {
    await using clone = await cloneRepository(url);
    t.is(await clone.git('branch', '--show-current'), 'main');
    for (const [path, content] of Object.entries(files)) {
      t.is(await readFile(join(clone.folder, path), 'utf8'), content);
    }
  }
  await stop();
});

test('each ref that a push moves is told once, signed', async (t) => {
  using receiver = await receive();
  const { make, stop } = await startTestServer({ webhook: { url: receiver.url, secret } });
  {
    await using repo = await make({ 'a.yaml': 'a' });
    const after = await repo.clone.push({ 'a.yaml': 'b' });
    await repo.clone.git('push', '--quiet', 'origin', 'HEAD:topic');
    await repo.clone.git('push', '--quiet', 'origin', '--delete', 'topic');
    await repo.clone.git('push', '--quiet', 'origin', 'HEAD');
    const deliveries = await receiver.until(3);
    t.deepEqual(
      events(deliveries).toSorted(
        (a, b) => a.ref.localeCompare(b.ref) || b.after.localeCompare(a.after),
      ),
      [
        { url: repo.url, ref: 'refs/heads/main', before: repo.first, after },
        { url: repo.url, ref: 'refs/heads/topic', before: NONE, after },
        { url: repo.url, ref: 'refs/heads/topic', before: after, after: NONE },
      ],
    );
    for (const { headers, body } of deliveries) {
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      t.is(headers['x-webapp-signature'], `sha256=${signature}`);
      t.regex(String(headers['x-webapp-delivery']), /^[0-9a-f-]{36}$/);
    }
  }
  await stop();
});

test('a delivery that fails is repeated under its id', async (t) => {
  using receiver = await receive(503, 500);
  const { make, stop } = await startTestServer({ webhook: { url: receiver.url, secret } });
  {
    await using repo = await make({});
    await repo.clone.push({ 'a.yaml': 'a' });
    const deliveries = await receiver.until(3);
    t.is(new Set(deliveries.map(({ headers }) => headers['x-webapp-delivery'])).size, 1);
    t.is(new Set(deliveries.map(({ body }) => String(body))).size, 1);
  }
  await stop();
});

test('a push that is refused is not told, and one that cannot be told is logged', async (t) => {
  const logged: string[] = [];
  const { make, stop } = await startTestServer({
    webhook: { url: 'http://127.0.0.1:1', secret },
    log: (message, fields) => logged.push(`${message} ${fields.ref}`),
  });
  {
    await using repo = await make({ 'a.yaml': 'a' });
    await git(['config', 'receive.denyNonFastForwards', 'true'], { cwd: repo.folder });
    await repo.clone.git('commit', '--quiet', '--amend', '--message', 'Another');
    await t.throwsAsync(repo.clone.git('push', '--force', 'origin', 'main'));
    await repo.clone.git('push', '--quiet', 'origin', 'main:topic');
    // Pushes are told in their order, each tried for some seconds.
    await eventually('one is given up', () => logged.length > 0);
  }
  await stop();
  t.deepEqual(logged, ['push webhook not delivered refs/heads/topic']);
});

test('nothing outside the folder is served', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'webapp-git-'));
  await git(['init', '--quiet', '--bare', join(parent, 'secret.git')]);
  await mkdir(join(parent, 'root', '.hidden.git'), { recursive: true });
  await using server = await startGitServer({ root: join(parent, 'root') });
  const names = [
    '../secret',
    '%2e%2e/secret',
    '..%2fsecret',
    '.hidden',
    'x/../../secret',
    '/etc',
    '-x',
    'a//b',
    '',
  ];
  for (const name of names) {
    const { status } = await fetch(`${server.url}/${name}.git/info/refs?service=git-upload-pack`);
    t.is(status, 404, name);
    await t.throwsAsync(server.createRepository(name, {}), { message: /is not a name/ });
  }
  for (const path of ['git-server.config', 'x.git/HEAD', 'x.git/objects/info/packs']) {
    t.is((await fetch(`${server.url}/${path}`)).status, 404, path);
  }
  await rm(parent, { recursive: true });
});

test('with a user name and password, nothing is readable or writable without them', async (t) => {
  const auth = { username: 'u', password: 'p:w' };
  const { server, stop } = await startTestServer({ auth });
  const url = await server.createRepository('r', { 'a.yaml': 'a' });
  await t.throwsAsync(cloneRepository(url), {
    message: /could not read Username|Authentication failed/,
  });
  await t.throwsAsync(cloneRepository(url.replace('//', '//u:wrong@')), {
    message: /Authentication failed/,
  });
  {
    await using clone = await cloneRepository(url.replace('//', '//u:p%3Aw@'));
    await t.notThrowsAsync(clone.push({ 'a.yaml': 'b' }));
  }
  await stop();
});
