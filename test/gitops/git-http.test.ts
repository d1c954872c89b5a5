// What may go wrong between us and a Git server: each error has a reason, and none has the password.
import type { IncomingMessage, RequestListener } from 'node:http';
import { inspect } from 'node:util';
import test from 'ava';
import type { RetryableError } from '../../gitops/errors.ts';
import { createRepositories } from '../../gitops/io/repository.ts';
import type { BranchRequest } from '../../gitops/repository.ts';
import { git } from '../../infra/git-process.ts';
import { fetchMain, startTestServer, told } from '../helpers/git-repo.ts';
import { listen, passOn } from '../helpers/listen.ts';

const auth = { username: 'reader', password: 'hunter2' };
const open = await startTestServer();
const closed = await startTestServer({ auth });
test.after.always(() => Promise.all([open.stop(), closed.stop()]));

type Asked = Omit<BranchRequest, 'signal' | 'branch'> & { branch?: string };

/** The error that both ways of asking give: name, reason and message. */
async function complaint(request: Asked): Promise<string> {
  const repositories = createRepositories();
  const said = await Promise.all(
    [repositories.fetch, repositories.head].map(async (ask) => {
      const { signal } = new AbortController();
      const error = await ask({ branch: 'main', ...request, signal }).then(
        () => new Error('none'),
        (reason) => reason,
      );
      if (inspect(error, { depth: 10, showHidden: true }).includes(auth.password)) return 'LEAK';
      return `${error.name} ${error.reason}: ${error.message.replace(/127\.0\.0\.1:\d+/g, 'host')}`;
    }),
  );
  return said[0] === said[1] ? String(said[0]) : said.join(' | ');
}

const answers: { title: string; answer: RequestListener; expected: string }[] = [
  {
    title: 'an unknown error',
    answer: (_, response) => response.writeHead(500).end('hunter2'),
    expected: 'RetryableError GitUnreachable: host does not answer as it should (HTTP 500)',
  },
  {
    title: 'no access',
    answer: (_, response) => response.writeHead(403).end(),
    expected:
      'RetryableError GitAuthenticationFailed: host refuses access to the repository (HTTP 403)',
  },
  {
    title: 'a web page',
    answer: (_, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Hello</h1>'),
    expected: 'RetryableError GitRepositoryNotFound: host has no Git repository there',
  },
  {
    title: 'nonsense of the right type',
    answer: (_, response) =>
      response
        .writeHead(200, { 'Content-Type': 'application/x-git-upload-pack-advertisement' })
        .end('zzzz'),
    expected:
      'RetryableError GitProtocolError: host does not answer like a Git server: Empty response from git server.',
  },
  {
    title: 'a broken connection',
    answer: (_, response) => response.destroy(),
    expected: 'RetryableError GitUnreachable: host could not be reached: UND_ERR_SOCKET',
  },
  {
    title: 'a redirect in a circle',
    answer: ({ url = '' }, response) => response.writeHead(302, { Location: url }).end(),
    expected: 'RetryableError GitUnreachable: host redirects in a circle',
  },
  {
    title: 'a redirect to nowhere',
    answer: (_, response) => response.writeHead(302).end(),
    expected: 'RetryableError GitUnreachable: host redirects in a circle',
  },
  {
    title: 'a redirect to another scheme',
    answer: (_, response) => response.writeHead(302, { Location: 'file:///etc/passwd' }).end(),
    expected:
      'RetryableError GitRedirectRefused: host redirects elsewhere: that is not followed, the URL must be the right one',
  },
];

for (const { title, answer, expected } of answers) {
  test(`the server answers with ${title}`, async (t) => {
    using server = await listen(answer);
    t.is(await complaint({ url: `${server.url}/r.git`, credentials: auth }), expected);
  });
}

test('the repository, the branch or the host is not there', async (t) => {
  await using repo = await open.make({ 'a.yaml': 'a' });
  const missing: [Asked, string][] = [
    [
      { url: `${open.server.url}/none.git` },
      'GitRepositoryNotFound: host has no such repository, or hides it (HTTP 404)',
    ],
    [{ url: repo.url, branch: 'none' }, 'GitBranchNotFound: the repository has no branch none'],
    [
      { url: 'http://127.0.0.1:1/r.git', credentials: auth },
      'GitUnreachable: host could not be reached: ECONNREFUSED',
    ],
  ];
  for (const [asked, expected] of missing)
    t.is(await complaint(asked), `RetryableError ${expected}`);
});

test('a server that does not send the commit it names', async (t) => {
  const packet = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text;
  const ref = packet(`${'a'.repeat(40)} refs/heads/main\0side-band-64k shallow\n`);
  const list = `${packet('# service=git-upload-pack\n')}0000${ref}0000`;
  using server = await listen(({ method }, response) => {
    const type = `application/x-git-upload-pack-${method === 'GET' ? 'advertisement' : 'result'}`;
    response
      .writeHead(200, { 'Content-Type': type })
      .end(method === 'GET' ? list : packet('NAK\n'));
  });
  await t.throwsAsync(fetchMain(`${server.url}/r.git`), {
    name: 'RetryableError',
    message: /did not send a{40}/,
  });
});

test('a repository whose HEAD names a branch that is not there', async (t) => {
  await using repo = await open.make({ 'a.yaml': 'a' });
  await git(['symbolic-ref', 'HEAD', 'refs/heads/gone'], { cwd: repo.folder });
  t.deepEqual(await told(await fetchMain(repo.url)), ['+ a.yaml a']);
});

test('a server that asks for patience, in seconds or until a date', async (t) => {
  for (const header of ['600', new Date(Date.now() + 600_000).toUTCString()]) {
    using server = await listen((_, response) =>
      response.writeHead(429, { 'Retry-After': header }).end(),
    );
    const error = await t.throwsAsync<RetryableError>(fetchMain(`${server.url}/r.git`));
    t.is(error?.reason, 'GitUnreachable');
    const { retryAfterMs = 0 } = error ?? {};
    t.true(retryAfterMs > 500_000 && retryAfterMs <= 600_000, `${retryAfterMs} ms`);
  }
});

test('a repository without commits, and one of another object format', async (t) => {
  await using repo = await open.make({});
  const [empty, other] = ['-empty.git', '-256.git'].map((end) => repo.folder.replace('.git', end));
  const format = '--object-format=sha256';
  await git(['init', '--quiet', '--bare', String(empty)]);
  await git(['init', '--quiet', '--bare', format, '--initial-branch=main', String(other)]);
  const input = 'commit refs/heads/main\ncommitter w <w@localhost> now\ndata 1\nx\n';
  await git(['fast-import', '--quiet', '--date-format=now'], { cwd: String(other), input });
  t.is(
    await complaint({ url: repo.url.replace('.git', '-empty.git') }),
    'RetryableError GitBranchNotFound: the repository has no branch main',
  );
  t.is(
    await complaint({ url: repo.url.replace('.git', '-256.git') }),
    'PermanentError InvalidSource: the repository names its objects by sha256: only sha1 can be read',
  );
});

test('credentials: none, wrong, right', async (t) => {
  const url = await closed.server.createRepository('r', { 'a.yaml': 'a' });
  const wrong = { username: 'reader', password: 'hunter22' };
  const expected =
    'RetryableError GitAuthenticationFailed: host wants credentials: there are none, or it does not accept them (HTTP 401)';
  t.is(await complaint({ url }), expected);
  t.is(await complaint({ url, credentials: wrong }), expected);

  const { signal } = new AbortController();
  const snapshot = await createRepositories().fetch({
    url,
    branch: 'main',
    credentials: auth,
    signal,
  });
  t.deepEqual(await told(snapshot), ['+ a.yaml a']);
  t.is(
    await createRepositories().head({ url, branch: 'main', credentials: auth, signal }),
    snapshot.commit,
  );
});

const refused: [url: string, why: string][] = [
  ['ssh://git@example.com/r.git', 'must begin with http:// or https://'],
  ['git@example.com:r.git', 'is not a URL'],
  ['file:///etc', 'must begin with http:// or https://'],
  [
    'https://reader:hunter2@example.com/r.git',
    'must not contain a user name or password: they belong in a Secret',
  ],
  [
    'https://hunter2@example.com/r.git',
    'must not contain a user name or password: they belong in a Secret',
  ],
  ['https://example.com/r.git?token=hunter2', 'must not contain ? or #'],
];

for (const [url, why] of refused) {
  test(`a URL that is refused: ${url}`, async (t) => {
    t.is(
      await complaint({ url }),
      `PermanentError InvalidSource: the URL of the repository ${why}`,
    );
  });
}

test('a branch whose name no branch can have', async (t) => {
  for (const branch of ['', 'a b', 'main\n0000', '@{-1}:x', 'x'.repeat(300)]) {
    const expected = 'PermanentError InvalidSource: the name of the branch is not one of Git';
    t.is(await complaint({ url: 'http://127.0.0.1:1/r.git', branch }), expected);
  }
});

test('a redirect to another origin is refused, and nothing is sent there', async (t) => {
  const seen: IncomingMessage[] = [];
  using other = await listen((request, response) => {
    seen.push(request);
    response.end();
  });
  using server = await listen((request, response) =>
    response.writeHead(307, { Location: `${other.url}${request.url}` }).end(),
  );
  t.is(
    await complaint({ url: `${server.url}/r.git`, credentials: auth }),
    'RetryableError GitRedirectRefused: host redirects to http://host: that is not followed, the URL must be the right one',
  );
  t.deepEqual(seen, []);
});

test('a renamed repository is found by a redirect within its origin', async (t) => {
  await using repo = await open.make({ 'a.yaml': 'a' });
  const path = new URL(repo.url).pathname;
  using forge = await listen((request, response) => {
    const { url = '' } = request;
    if (!url.startsWith('/old.git')) return passOn(open.server.url, request, response);
    response.writeHead(301, { Location: url.replace('/old.git', path) }).end();
  });
  t.deepEqual(await told(await fetchMain(`${forge.url}/old.git`)), ['+ a.yaml a']);
  const { signal } = new AbortController();
  t.is(
    await createRepositories().head({ url: `${forge.url}/old.git`, branch: 'main', signal }),
    repo.first,
  );
});
