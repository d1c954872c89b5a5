// A server may take for ever: the caller's signal ends the work wherever it is.
import type { RequestListener } from 'node:http';
import test from 'ava';
import { createRepositories } from '../../gitops/io/repository.ts';
import { listen } from '../helpers/listen.ts';

const hanging: Record<string, RequestListener> = {
  'before it answers': () => {},
  'in the middle of its answer': (_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/x-git-upload-pack-advertisement' });
    response.write('001e# service=git-upload-pack\n');
  },
};

const ended = { name: 'RetryableError', message: /^reading from .* was ended before it was done$/ };

for (const [where, handler] of Object.entries(hanging)) {
  test(`a server that hangs ${where} is left in time`, async (t) => {
    using server = await listen(handler);
    const request = { url: `${server.url}/r.git`, branch: 'main' };
    const repositories = createRepositories();
    for (const ask of [repositories.fetch, repositories.head]) {
      const started = performance.now();
      await t.throwsAsync(ask({ ...request, signal: AbortSignal.timeout(200) }), ended);
      t.true(performance.now() - started < 5_000);
    }
  });
}

test('a fetch that waits for another one ends by its own signal', async (t) => {
  using server = await listen(() => {});
  const { fetch } = createRepositories();
  const request = { url: `${server.url}/r.git`, branch: 'main' };
  const slow = new AbortController();
  const first = fetch({ ...request, signal: slow.signal });
  await t.throwsAsync(fetch({ ...request, signal: AbortSignal.timeout(100) }), ended);
  slow.abort();
  await t.throwsAsync(first, ended);
});

test('nothing is sent when the signal came first', async (t) => {
  let requests = 0;
  using server = await listen(() => requests++);
  const { fetch } = createRepositories();
  const signal = AbortSignal.abort();
  await t.throwsAsync(fetch({ url: `${server.url}/r.git`, branch: 'main', signal }), ended);
  t.is(requests, 0);
});
