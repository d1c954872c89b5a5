// A stand-in for GitHub's REST API: https://docs.github.com/rest.
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { APP_TOKEN, type GithubState, PERSON } from './github-state.ts';
import { verdictRoutes } from './github-verdicts.ts';
import {
  type Asked,
  invalid,
  type Loopback,
  MISSING,
  type Pull,
  page,
  type Route,
  startLoopback,
} from './loopback.ts';

const MAX_BODY = 65_536;
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** An App and its only installation. */
export const APP = {
  appId: '77',
  installationId: '4711',
  privateKey: keys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
} as const;

/** Starts the stand-in. The address of its API is its url, as on a server of one's own without /api/v3. */
export async function startGithub(state: GithubState): Promise<Loopback> {
  const guarded = [...ownRoutes(state), ...pullRoutes(state), ...verdictRoutes(state)].map(
    ([method, pattern, answer]): Route => [
      method,
      pattern,
      (asked) =>
        state.accounts.has(asked.token)
          ? answer(asked)
          : { status: 401, body: { message: 'Bad credentials' } },
    ],
  );
  return startLoopback([tokenRoute, ...guarded]);
}

/** An App's key buys a token of its installation. */
const tokenRoute: Route = [
  'POST',
  /^\/app\/installations\/(\d+)\/access_tokens$/,
  ({ token, parts: [installation] }) => {
    if (!isSignedByApp(token))
      return { status: 401, body: { message: 'A JSON web token could not be decoded' } };
    if (installation !== APP.installationId) return MISSING;
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    return { status: 201, body: { token: APP_TOKEN, expires_at: expires, permissions: {} } };
  },
];

function ownRoutes(state: GithubState): Route[] {
  const whoever = ({ token }: Asked) => state.accounts.get(token) ?? PERSON;
  return [
    [
      'GET',
      /^\/user$/,
      (asked) =>
        whoever(asked).app === undefined
          ? { body: whoever(asked) }
          : { status: 403, body: { message: 'Resource not accessible by integration' } },
    ],
    [
      'POST',
      /^\/graphql$/,
      (asked) => ({ body: { data: { viewer: { databaseId: whoever(asked).id } } } }),
    ],
  ];
}

function isSignedByApp(jwt: string): boolean {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const key = createPublicKey(keys.publicKey.export({ type: 'spki', format: 'pem' }));
  const content = Buffer.from(`${header}.${payload}`);
  if (!verify('sha256', content, key, Buffer.from(signature, 'base64url'))) return false;
  const { iss, exp, iat } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return String(iss) === APP.appId && exp * 1_000 > Date.now() && exp - iat <= 600 + 60;
}

function pullRoutes(state: GithubState): Route[] {
  const shown = ({ number, head, base, state: is, mergedAs, mergedAt }: Pull) => ({
    number,
    state: is === 'open' ? 'open' : 'closed',
    merged_at: is === 'merged' ? mergedAt : null,
    merge_commit_sha: mergedAs ?? null,
    head: { sha: head },
    base: { ref: 'main', sha: base },
  });
  const root = '^/repos/acme/fleet';
  return [
    [
      'GET',
      new RegExp(`${root}/pulls$`),
      (asked) => {
        const wanted = asked.query.get('state');
        const found = state.pulls.filter(
          ({ state: is }) => (is === 'open') === (wanted === 'open'),
        );
        return page(found.map(shown), asked);
      },
    ],
    [
      'GET',
      new RegExp(`${root}/pulls/(\\d+)$`),
      ({ parts: [number] }) => {
        const pull = state.pull(number);
        return pull ? { body: shown(pull) } : MISSING;
      },
    ],
    [
      'GET',
      new RegExp(`${root}/pulls/(\\d+)/files$`),
      (asked) => {
        const { patches = {} } = state.pull(asked.parts[0]) ?? {};
        return page(
          Object.entries(patches).map(([filename, patch]) => ({ filename, patch })),
          asked,
        );
      },
    ],
    [
      'GET',
      new RegExp(`${root}/compare/([^/]+)$`),
      ({ parts: [basehead = ''] }) => {
        const [, head] = basehead.split('...');
        const pull = state.pulls.find((each) => each.head === head);
        return pull ? { body: { merge_base_commit: { sha: pull.mergeBase } } } : MISSING;
      },
    ],
    ...commentRoutes(state, root),
  ];
}

function commentRoutes(state: GithubState, root: string): Route[] {
  const isTooLong = (body: unknown) => String(body).length > MAX_BODY;
  const tooLong = invalid('Validation Failed: body is too long (maximum is 65536 characters)');
  const one = ({ parts: [id] }: Asked) => state.comments.find((each) => each.id === Number(id));
  const path = new RegExp(`${root}/issues/comments/(\\d+)$`);
  return [
    ['GET', new RegExp(`${root}/issues/(\\d+)/comments$`), (asked) => page(state.comments, asked)],
    [
      'POST',
      new RegExp(`${root}/issues/(\\d+)/comments$`),
      ({ body: { body }, token }) => {
        if (isTooLong(body)) return tooLong;
        const user = state.accounts.get(token) ?? PERSON;
        const made = { id: state.ids++, body: String(body), user };
        state.comments.push(made);
        return { status: 201, body: made };
      },
    ],
    [
      'PATCH',
      path,
      (asked) => {
        const found = one(asked);
        if (found === undefined) return MISSING;
        if (isTooLong(asked.body.body)) return tooLong;
        found.body = String(asked.body.body);
        return { body: found };
      },
    ],
    [
      'DELETE',
      path,
      (asked) => {
        const found = one(asked);
        if (found === undefined) return MISSING;
        state.comments.splice(state.comments.indexOf(found), 1);
        return { status: 204 };
      },
    ],
  ];
}
