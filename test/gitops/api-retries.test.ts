// When the API server asks to wait, it is waited for: here, where that is short, else by whoever tries again later.
import type { RequestListener } from 'node:http';
import type { LookupFunction } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import test from 'ava';
import { Agent, interceptors, request } from 'undici';
import { Api } from '../../gitops/io/api.ts';
import { retryRequest } from '../../gitops/io/api-retry.ts';
import { Connector } from '../../gitops/io/connection.ts';
import { listen } from '../helpers/listen.ts';

/** Sends one request to a server that answers so, and returns its answer or error and the moments of what arrived. */
async function ask(answers: RequestListener, method: 'GET' | 'POST' | 'PATCH' = 'GET') {
  const moments: number[] = [];
  using server = await listen((request, response) => {
    moments.push(performance.now());
    answers(request, response);
  });
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'c', server: server.url, skipTLSVerify: true },
    { name: 'u' },
  );
  const connector = new Connector(kubeConfig);
  const body = method === 'GET' ? {} : { body: {} };
  const given = await new Api(connector)
    .json({ method, path: '/api', ...body })
    .catch((error) => error);
  await connector.close();
  return { given, moments };
}

/** As the API server's priority and fairness refuses: a text, and the wait in a header. */
const busy = (headers: Record<string, string> = {}): RequestListener => {
  return (_, response) => response.writeHead(429, headers).end('Too many requests');
};

test('a short wait that is asked for is kept, and the request repeated', async (t) => {
  let left = 2;
  const { given, moments } = await ask((request, response) => {
    if (left-- > 0) busy({ 'Retry-After': '1' })(request, response);
    else response.end('{"kind":"APIVersions"}');
  });
  t.like(given, { kind: 'APIVersions' });
  t.is(moments.length, 3);
  for (const [i, moment] of moments.slice(1).entries()) t.true(moment - (moments[i] ?? 0) >= 990);
});

for (const method of ['GET', 'PATCH', 'POST'] as const) {
  test(`a long wait is told, and no ${method} sent before`, async (t) => {
    const { given, moments } = await ask(busy({ 'Retry-After': '30' }), method);
    t.like(given, { name: 'ApiError', status: 429, retryAfterMs: 30_000 });
    t.is(moments.length, 1);
  });
}

test('without a wait to keep it is tried a few times', async (t) => {
  const { given, moments } = await ask(busy());
  t.like(given, { status: 429, retryAfterMs: undefined });
  t.is(moments.length, 4);
});

test('a connection that is cut is made again; a create is not sent twice', async (t) => {
  const cut: RequestListener = ({ socket }) => socket.destroy();
  t.is((await ask(cut, 'PATCH')).moments.length, 4);
  const { given, moments } = await ask(cut, 'POST');
  t.like(given, { name: 'RetryableError', reason: 'ApiServerUnreachable' });
  t.is(moments.length, 1);
});

/** Name servers as they are for a moment; then all is well. */
const lookups: Record<string, LookupFunction> = {
  'have no answer yet': (_name, _options, done) => done(failing('EAI_AGAIN'), ''),
  'are not reached in time': (_name, _options, done) => done(failing('ETIMEDOUT'), ''),
  'do not answer': () => {},
};

const failing = (code: string) => Object.assign(new Error(code), { code });

for (const [title, first] of Object.entries(lookups))
  test(`name servers that ${title} are asked once more`, async (t) => {
    using server = await listen((_, response) => response.end());
    let asked = 0;
    const lookup: LookupFunction = (name, options, done) =>
      asked++ === 0
        ? first(name, options, done)
        : done(null, [{ address: '127.0.0.1', family: 4 }]);
    const agent = new Agent({ connect: { lookup, timeout: 200 } });
    const dispatcher = agent.compose(interceptors.retry({ retry: retryRequest }));
    const url = server.url.replace('127.0.0.1', 'api.example');
    const { statusCode } = await request(url, { dispatcher });
    t.deepEqual([statusCode, asked], [200, 2]);
    await agent.destroy();
  });
