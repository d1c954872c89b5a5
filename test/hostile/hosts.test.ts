// Addresses that lead where nobody from outside may look, and servers that are after credentials.
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { GIT_LIMITS } from '../../gitops/io/git-limits.ts';
import { createReach } from '../../gitops/io/reach.ts';
import { createRepositories } from '../../gitops/io/repository.ts';
import { SECRET } from '../../gitops/kinds.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { listen } from '../helpers/listen.ts';
import { makeSource, openStage, ready, type Stage } from './stage.ts';

test('S26 a redirect elsewhere is not followed, and no credentials leave the first host', async (t) => {
  const heard: string[] = [];
  using elsewhere = await listen((request, response) => {
    heard.push(JSON.stringify(request.headers));
    response.writeHead(200).end();
  });
  const seen: string[] = [];
  using first = await listen((request, response) => {
    seen.push(String(request.headers.authorization));
    response.writeHead(302, { location: `${elsewhere.url}${request.url}` }).end();
  });
  const stage = await openStage(t);
  await login(stage);
  const source = await stage.follow(`${first.url}/a.git`, { secretRef: { name: 'login' } });
  t.regex(ready(source), /^False GitRedirectRefused/);
  t.true(seen.every((header) => header.startsWith('Basic ')));
  t.deepEqual(heard, []);
});

const CANARY = 'canary-7f3a9c';

async function login({ cluster, namespace }: Stage, password = CANARY): Promise<void> {
  const encode = (words: string) => Buffer.from(words).toString('base64');
  const data = { username: encode('bot'), password: encode(password) };
  const metadata = { name: 'login', namespace };
  await cluster.admin.cluster.create(SECRET, { apiVersion: 'v1', kind: 'Secret', metadata, data });
}

test('S27 a password is told nowhere: not when it fails, and a URL may not hold one', async (t) => {
  using server = await listen((request, response) => {
    // A server that repeats what it was told.
    response.writeHead(401, {
      'www-authenticate': `Basic realm="${request.headers.authorization}"`,
    });
    response.end(`wrong: ${request.headers.authorization} ${CANARY}`);
  });
  const stage = await openStage(t);
  await login(stage);
  const source = await stage.follow(`${server.url}/a.git`, { secretRef: { name: 'login' } });
  t.regex(ready(source), /^False GitAuthenticationFailed/);
  const told = await stage.told();
  for (const form of [
    CANARY,
    Buffer.from(`bot:${CANARY}`).toString('base64'),
    Buffer.from(CANARY).toString('base64'),
  ])
    t.false(told.includes(form));
  const { cluster, namespace } = stage;
  const withUser = makeSource(
    cluster,
    { namespace, name: 'b' },
    { url: `https://u:${CANARY}@x.example/y` },
  );
  await t.throwsAsync(withUser, { message: /spec\.url/ });
});

test('S27 nor is it where a Git server says it in its own words', async (t) => {
  const packet = (words: string) => (words.length + 4).toString(16).padStart(4, '0') + words;
  using server = await listen(({ headers }, response) => {
    const plain = Buffer.from(String(headers.authorization).slice('Basic '.length), 'base64');
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
    const said = packet(`ERR ${headers.authorization} is ${plain}\n`);
    response.end(`${packet('# service=git-upload-pack\n')}0000${said}0000`);
  });
  const stage = await openStage(t);
  await login(stage);
  const source = await stage.follow(`${server.url}/a.git`, { secretRef: { name: 'login' } });
  t.log(ready(source));
  t.regex(ready(source), /^False Git/);
  const told = await stage.told();
  for (const form of [CANARY, Buffer.from(`bot:${CANARY}`).toString('base64')])
    t.false(told.includes(form), form);
});

test('S28 a certificate of nobody known is a failure, and no setting lets it pass', async (t) => {
  const server = createServer(makeCertificate(), (_, response) => response.end()).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const stage = await openStage(t);
  await login(stage);
  const source = await stage.follow(`https://127.0.0.1:${port}/a.git`, {
    secretRef: { name: 'login' },
    insecureSkipVerify: true,
  });
  t.regex(ready(source), /^False GitUnreachable: .*(SELF_SIGNED|CERT)/);
  t.false('insecureSkipVerify' in source.spec);
});

const INWARD = [
  '169.254.169.254',
  '[::1]:PORT',
  '2130706433:PORT',
  '0x7f.1:PORT',
  '127.0.0.1:PORT',
  'localhost:PORT',
  '0.0.0.0:PORT',
  '[::ffff:127.0.0.1]:PORT',
  '[64:ff9b::7f00:1]:PORT',
  '10.0.0.1',
  '192.168.1.1',
  '[fd00::1]',
  '100.64.0.1',
];

test('S25 no address within is asked, however it is written, or whatever name it hides behind', async (t) => {
  const heard: string[] = [];
  using within = await listen((request, response) => {
    heard.push(String(request.url));
    response.writeHead(200).end();
  });
  const { port } = new URL(within.url);
  for (const host of INWARD.map((each) => each.replace('PORT', port))) {
    const stage = await openStage(t, { GIT_HOSTS: 'public' });
    const source = await stage.follow(`http://${host}/a.git`);
    t.regex(ready(source), /^False GitHostRefused: .* name the host in GIT_HOSTS$/, host);
  }
  t.deepEqual(heard, []);
});

test('S25 where hosts are listed no other is asked, and those that are may be within', async (t) => {
  const heard: string[] = [];
  using within = await listen((request, response) => {
    heard.push(String(request.headers.host));
    response.writeHead(404).end();
  });
  const { port } = new URL(within.url);
  const stage = await openStage(t, { GIT_HOSTS: '*.example.org,localhost' });
  t.regex(
    ready(await stage.follow('http://github.com/a.git')),
    /^False GitHostRefused: github.com is not one/,
  );
  const others = { ...stage, ...(await openStage(t, { GIT_HOSTS: '*.example.org,localhost' })) };
  t.regex(
    ready(await others.follow(`http://localhost:${port}/a.git`)),
    /^False GitRepositoryNotFound/,
  );
  t.deepEqual([...new Set(heard)], [`localhost:${port}`]);
});

test('S25 a name that says another address each time leads nowhere within', async (t) => {
  const heard: string[] = [];
  using within = await listen((request, response) => {
    heard.push(String(request.url));
    response.writeHead(200).end();
  });
  // The first address is nobody's: a documentation's.
  const answers = ['203.0.113.7', '127.0.0.1', '203.0.113.7', '::1'];
  const asked: string[] = [];
  const reach = createReach(['public'], async (name) => {
    const address = answers[asked.push(name) - 1] ?? '127.0.0.1';
    return [{ address, family: address.includes(':') ? 6 : 4 }];
  });
  const repositories = createRepositories(GIT_LIMITS, reach);
  const url = `http://rebind.example:${new URL(within.url).port}/a.git`;
  // Nobody answers at the first address, and the second is to be refused, not waited for.
  const fetch = (ms: number) =>
    repositories.fetch({ url, branch: 'main', signal: AbortSignal.timeout(ms) });
  const ends: string[] = [];
  for (const ms of [8_000, 30_000, 8_000, 30_000])
    ends.push((await t.throwsAsync(fetch(ms), { name: 'RetryableError' })).message);
  t.deepEqual(
    ends.map((end) => end.includes('not public')),
    [false, true, false, true],
  );
  // Each connection is made by one lookup, and to what that one said.
  t.is(asked.length, answers.length);
  t.deepEqual(heard, []);
});

test('S25 schemes other than http and https are refused when they are written', async (t) => {
  const { cluster, namespace } = await openStage(t);
  for (const url of [
    'file:///etc',
    'ssh://git@x.example/y',
    'git://x.example/y',
    'ext::sh -c x',
    'gopher://x',
    'git@x.example:y',
  ])
    await t.throwsAsync(
      makeSource(cluster, { namespace, name: 'b' }, { url }),
      { message: /spec\.url/ },
      url,
    );
});
