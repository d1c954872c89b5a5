// Git servers wait 10 s for the answer to a webhook, however slow the API server is.
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { kubeConfigFor } from '../helpers/functions-api-server.ts';
import { type Answered, openEntry } from '../helpers/functions-entries.ts';
import { pushes } from '../helpers/functions-pushes.ts';
import { listen } from '../helpers/listen.ts';

const AT_MOST_MS = 10_000;
const REPOSITORY = 'https://git.example/team/apps.git';

/** How long the API server takes for a request; undefined stands for ever. */
type Pace = (request: IncomingMessage) => number | undefined;

/** Starts an API server that has these WebAppSources, all of which follow the repository, and remembers what it was to change. */
async function slowServer(names: readonly string[], pace: Pace) {
  const items = names.map((name) => ({
    metadata: { namespace: `team-${name}`, name, uid: name, resourceVersion: '1' },
    spec: { url: REPOSITORY, branch: 'main' },
  }));
  const asked: string[] = [];
  const server = await listen(async (request, response) => {
    const { method, url = '' } = request;
    const one = items.find(({ metadata: { name } }) => new RegExp(`/${name}(\\?|$)`).test(url));
    if (method === 'PATCH' && one) asked.push(one.metadata.name);
    const ms = pace(request);
    if (ms === undefined) return;
    await sleep(ms);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(one ?? { items, metadata: { resourceVersion: '1' } }));
  });
  return { url: server.url, asked, [Symbol.dispose]: () => server[Symbol.dispose]() };
}

/** Sends a push as both servers tell of it and returns the answers, each of which came in time. */
async function pushed(t: ExecutionContext, url: string): Promise<[Answered, Answered]> {
  const entry = await openEntry('container', kubeConfigFor(url));
  t.teardown(() => entry[Symbol.asyncDispose]());
  const timed = async (call: Parameters<typeof entry.send>[0]) => {
    const start = performance.now();
    const answer = await entry.send(call);
    const took = performance.now() - start;
    t.true(took < AT_MOST_MS, `the answer took ${Math.round(took)} ms`);
    return answer;
  };
  return Promise.all([
    timed(pushes.github(REPOSITORY, 'main')),
    timed(pushes['gitlab with a token'](REPOSITORY, 'main')),
  ]);
}

test('an API server that lists at once and never changes anything', async (t) => {
  using api = await slowServer(['shop'], ({ method }) => (method === 'GET' ? 0 : undefined));
  const [github, gitlab] = await pushed(t, api.url);
  t.is(github.status, 503);
  t.regex(String(github.body.error), /^no answer to PATCH /);
  t.is(gitlab.status, 202, 'GitLab switches off webhooks that fail');
  t.is(gitlab.body.left, 'to the tick');
});

test('an API server that takes 3 s for each request, and five sources', async (t) => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  using api = await slowServer(names, () => 3_000);
  await pushed(t, api.url);
  t.deepEqual(api.asked.sort(), [...names, ...names].sort(), 'there is time for all');
});

test('a source that cannot be changed keeps no other from being stamped', async (t) => {
  using api = await slowServer(['a', 'b'], ({ method, url = '' }) =>
    method === 'PATCH' && url.includes('/team-a/') ? undefined : 0,
  );
  const [github] = await pushed(t, api.url);
  t.is(github.status, 503);
  t.deepEqual(api.asked.sort(), ['a', 'a', 'b', 'b']);
});
