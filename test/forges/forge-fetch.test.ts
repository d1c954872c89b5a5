// What a forge, or whoever stands in its place, must not get out of a token or into the memory.

import test, { type ExecutionContext } from 'ava';
import { FORGE_APIS, type ForgeName } from '../../functions/forge/apis.ts';
import type { ForgeError } from '../../functions/forge/forge-error.ts';
import { ForgeWaits } from '../../functions/forge/forge-waits.ts';
import { ANYWHERE } from '../../gitops/io/reach.ts';
import { listen } from '../helpers/listen.ts';

const TOKEN = 'very-secret';

/** Starts another origin and returns the headers that it was sent. */
async function elsewhere(t: ExecutionContext) {
  const heard: string[] = [];
  const server = await listen((request, response) => {
    heard.push(JSON.stringify(request.headers));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  t.teardown(() => server[Symbol.dispose]());
  return { url: server.url, heard };
}

function forgeAt(
  name: ForgeName,
  apiUrl: string,
  { token = TOKEN, waits = new ForgeWaits() } = {},
) {
  const access = {
    url: `${apiUrl}/acme/fleet.git`,
    apiUrl,
    signal: AbortSignal.timeout(20_000),
    reach: ANYWHERE,
    waits,
  };
  const credentials = { kind: 'token', token } as const;
  return FORGE_APIS[name]({ ...access, credentials, statusName: 'review' });
}

for (const name of Object.keys(FORGE_APIS) as ForgeName[]) {
  test(`${name}: a redirect to another origin gets no token`, async (t) => {
    const other = await elsewhere(t);
    const api = await listen((_, response) => {
      response.writeHead(302, { location: `${other.url}/there` }).end();
    });
    t.teardown(() => api[Symbol.dispose]());
    await t.throwsAsync(forgeAt(name, api.url).pullRequest(1), { message: /sends elsewhere/ });
    t.deepEqual(other.heard, []);
  });

  test(`${name}: a repository that was renamed is found on the same origin`, async (t) => {
    const api = await listen((request, response) => {
      if (!request.url?.includes('renamed')) {
        response.writeHead(301, { location: `/renamed${request.url}` }).end();
        return;
      }
      const of = { number: 1, iid: 1, state: 'open', sha: 'a', merge_base_commit: { sha: 'b' } };
      const found = { ...of, head: { sha: 'a' }, base: { ref: 'main', sha: 'b' } };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
    });
    t.teardown(() => api[Symbol.dispose]());
    t.is((await forgeAt(name, api.url).pullRequest(1)).number, 1);
  });

  test(`${name}: a forge that asks an account to wait is not asked by it before`, async (t) => {
    const waits = new ForgeWaits();
    let asked = 0;
    using api = await listen((_, response) => {
      asked++;
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '600' });
      response.end('{}');
    });
    const refused = async (token: string) => {
      const forge = forgeAt(name, api.url, { token, waits });
      return t.throwsAsync<ForgeError>(forge.pullRequest(1));
    };
    for (const _ of [1, 2, 3]) {
      const { retryAfterMs = 0 } = (await refused('one')) ?? {};
      t.true(retryAfterMs > 500_000 && retryAfterMs <= 600_000, `${retryAfterMs} ms`);
    }
    t.is(asked, 1);
    await refused('other');
    t.is(asked, 2);
  });

  test(`${name}: an answer without an end is cut off`, async (t) => {
    const api = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1_000_000)));
      };
      response.on('drain', more);
      more();
    });
    t.teardown(() => api[Symbol.dispose]());
    await t.throwsAsync(forgeAt(name, api.url).pullRequest(1), { message: /more than 16777216/ });
  });
}
