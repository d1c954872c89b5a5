// Events that nobody who may send any has sent: who calls is told by a shared token, or by one that the cluster signed.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'ava';
import { decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { DEPLOYMENT, WEBAPP } from '../../gitops/kinds.ts';
import { webapp } from '../cluster/objects.ts';
import { refusing } from '../helpers/functions-api-server.ts';
import { type Call, eventAbout, openEntry, TOKEN } from '../helpers/functions-entries.ts';
import { SERVICE_ACCOUNT } from '../helpers/rbac-kinds.ts';
import { hostileStage, type Stage } from './stage.ts';

const AUDIENCE = 'https://webapp-operator.example/events';

let stage: Stage;
/** Trusts the ServiceAccount `source` of its namespace, and no shared token. */
let oidc: Stage;

test.before(async () => {
  stage = await hostileStage();
  const { namespace, cluster } = stage;
  oidc = await hostileStage({
    EVENT_TOKEN: '',
    EVENT_AUDIENCE: AUDIENCE,
    EVENT_SUBJECTS: `system:serviceaccount:${namespace}:source`,
  });
  const { apiVersion, kind } = SERVICE_ACCOUNT;
  for (const name of ['source', 'other']) {
    const object = { apiVersion, kind, metadata: { name, namespace } };
    await cluster.admin.cluster.create(SERVICE_ACCOUNT, object);
  }
});
test.after.always(() => {
  stage?.[Symbol.dispose]();
  oidc?.[Symbol.dispose]();
});

async function makeWebApp({ cluster, namespace }: Stage, name: string): Promise<void> {
  const object = webapp(namespace, name);
  await cluster.admin.cluster.apply(WEBAPP, object, { manager: 'kubectl', live: undefined });
}

const bearing = (call: Call, token: string): Call => ({
  ...call,
  headers: { ...call.headers, authorization: `Bearer ${token}` },
});

/** A token of the cluster for one of the ServiceAccounts. */
const tokenFor = (name: string, audience: string) =>
  stage.cluster.admin.tokenOf(
    { namespace: stage.namespace, name },
    { audiences: [audience], expirationSeconds: 600 },
  );

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

test.serial(
  'S16 an event without, or with a wrong shared token is refused, and nothing is read',
  async (t) => {
    await makeWebApp(stage, 'forged');
    const event = eventAbout('WebApp', { namespace: stage.namespace, name: 'forged' });
    const { authorization: _, ...headers } = event.headers ?? {};
    for (const call of [{ ...event, headers }, bearing(event, ''), bearing(event, `${TOKEN}x`)])
      t.is((await stage.send(call)).status, 401);
    t.is(await stage.get(DEPLOYMENT, 'forged'), undefined);
    t.deepEqual(await stage.asked(), []);
  },
);

test.serial(
  'S16 a token that the cluster signed for our audience and a listed subject is let in',
  async (t) => {
    await makeWebApp(oidc, 'shop');
    const event = eventAbout('WebApp', { namespace: oidc.namespace, name: 'shop' });
    const answer = await oidc.send(bearing(event, await tokenFor('source', AUDIENCE)));
    t.is(answer.status, 200, answer.text);
    t.truthy(await oidc.get(DEPLOYMENT, 'shop'));
    t.is(
      (await oidc.send(bearing({ path: '/tick' }, await tokenFor('source', 'another')))).status,
      401,
    );
  },
);

/** Forged tokens by what is wrong with them, and the answers. */
const forged: Record<string, { token: () => Promise<string>; status: number }> = {
  'no token at all': { token: async () => '', status: 401 },
  'another audience': { token: () => tokenFor('source', 'https://else.example'), status: 401 },
  "the API server's audience": {
    token: () => stage.cluster.admin.tokenOf({ namespace: stage.namespace, name: 'source' }),
    status: 401,
  },
  'another subject': { token: () => tokenFor('other', AUDIENCE), status: 403 },
  'the shared token of another installation': { token: async () => TOKEN, status: 401 },
  garbage: { token: async () => 'a.b.c', status: 401 },
  'ten thousand letters': { token: async () => `${'a'.repeat(10_000)}.b.c`, status: 401 },
  'no algorithm': {
    token: async () => new UnsecuredJWT(claimsOf(await tokenFor('source', AUDIENCE))).encode(),
    status: 401,
  },
  'a public key taken for a secret': { token: () => symmetric(), status: 401 },
  'another key under the same name': {
    token: async () => signedByOther(await tokenFor('source', AUDIENCE), {}),
    status: 401,
  },
  'another issuer': {
    token: async () =>
      signedByOther(await tokenFor('source', AUDIENCE), { iss: 'https://evil.example' }),
    status: 401,
  },
  'another key under another name': {
    token: async () => signedByOther(await tokenFor('source', AUDIENCE), {}, 'unknown'),
    status: 401,
  },
  'claims that were changed': {
    token: async () => {
      const [head, , signature] = (await tokenFor('other', AUDIENCE)).split('.');
      const [, claims] = (await tokenFor('source', AUDIENCE)).split('.');
      return [head, claims, signature].join('.');
    },
    status: 401,
  },
};

async function symmetric(): Promise<string> {
  const token = await tokenFor('source', AUDIENCE);
  const accept = 'application/jwk-set+json';
  const path = '/openid/v1/jwks';
  const keys = await stage.cluster.admin.api.json({ method: 'GET', path, accept });
  return new SignJWT(claimsOf(token))
    .setProtectedHeader({ ...decodeProtectedHeader(token), alg: 'HS256' })
    .sign(Buffer.from(JSON.stringify((keys as { keys: object[] }).keys[0])));
}

/** The same claims, changed where told, by a key that is not the cluster's. */
async function signedByOther(token: string, claims: object, kid?: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const header = decodeProtectedHeader(token);
  return new SignJWT({ ...claimsOf(token), ...claims })
    .setProtectedHeader({ ...header, ...(kid && { kid }), alg: 'RS256' })
    .sign(privateKey);
}

for (const [title, { token, status }] of Object.entries(forged)) {
  test.serial(`S16 a token with ${title} is refused with ${status}`, async (t) => {
    const name = `never-${Object.keys(forged).indexOf(title)}`;
    await makeWebApp(oidc, name);
    const event = eventAbout('WebApp', { namespace: oidc.namespace, name });
    const answer = await oidc.send(bearing(event, await token()));
    t.is(answer.status, status, answer.text);
    t.is(await oidc.get(DEPLOYMENT, name), undefined);
  });
}

test.serial(
  'S16 a token that the cluster signed but that has ended, or has not begun, is refused',
  async (t) => {
    const event = eventAbout('WebApp', { namespace: oidc.namespace, name: 'nobody' });
    const now = Math.floor(Date.now() / 1_000);
    const times = {
      now: {},
      ended: { exp: now - 60 },
      early: { nbf: now + 600 },
      endless: { exp: undefined },
    };
    const statuses = await Promise.all(
      Object.values(times).map(async (each) => {
        const answer = await oidc.send(bearing(event, await signedByCluster(each)));
        return answer.status;
      }),
    );
    t.deepEqual(statuses, [200, 401, 401, 401]);
  },
);

/** A good token with other claims, signed by the cluster's very key: it gives none that ends soon. */
async function signedByCluster(claims: object): Promise<string> {
  const token = await tokenFor('source', AUDIENCE);
  const pem = await readFile(join(dirname(stage.cluster.caFile), 'sa.key'), 'utf8');
  const { alg = '', ...header } = decodeProtectedHeader(token);
  return new SignJWT({ ...claimsOf(token), ...claims })
    .setProtectedHeader({ ...header, alg })
    .sign(createPrivateKey(pem));
}

test.serial(
  'S16 whoever makes up tokens has the cluster asked for its keys once, not each time',
  async (t) => {
    using fresh = await hostileStage({
      EVENT_TOKEN: '',
      EVENT_AUDIENCE: AUDIENCE,
      EVENT_SUBJECTS: `system:serviceaccount:${stage.namespace}:source`,
    });
    const token = await signedByOther(await tokenFor('source', AUDIENCE), {}, 'made-up');
    const event = eventAbout('WebApp', { namespace: fresh.namespace, name: 'x' });
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async () => (await fresh.send(bearing(event, token))).status),
    );
    t.deepEqual([...new Set(statuses)], [401]);
    const asked = (await fresh.asked()).map(({ what }) => what);
    t.is(asked.length, 2, asked.join());
  },
);

test('S16 while the keys cannot be read nobody is refused for good: the sender tries again', async (t) => {
  await using api = await refusing();
  await using entry = await openEntry('container', api.kubeConfig, {
    EVENT_TOKEN: '',
    EVENT_AUDIENCE: AUDIENCE,
    EVENT_SUBJECTS: `system:serviceaccount:${stage.namespace}:source`,
  });
  const event = eventAbout('WebApp', { namespace: 'default', name: 'x' });
  const answer = await entry.send(bearing(event, await tokenFor('source', AUDIENCE)));
  t.is(answer.status, 503);
  t.is(answer.headers['retry-after'], '1');
});
