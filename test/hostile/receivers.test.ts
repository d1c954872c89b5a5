import { createHmac } from 'node:crypto';
import test from 'ava';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { freshNamespace } from '../helpers/control-plane.ts';
import { WEBHOOK_SECRET } from '../helpers/functions-entries.ts';
import { pushes } from '../helpers/functions-pushes.ts';
import { delivery } from './deliveries.ts';
import { hostileStage, makeSource, type Stage } from './stage.ts';

let stage: Stage;

test.before(async () => {
  stage = await hostileStage();
});
test.after.always(() => stage?.[Symbol.dispose]());

/** Makes a source in a namespace of its own and returns how it is read. */
async function sourceOf(url: string, branch = 'main') {
  const { cluster } = stage;
  const key = { namespace: await freshNamespace(cluster), name: 'apps' };
  await makeSource(cluster, key, { url, branch });
  const read = async () =>
    (await cluster.admin.cluster.get(WEBAPP_SOURCE, key)) ?? { metadata: key };
  const stamp = async () => annotation(await read(), ANNOTATION.requestedAt);
  return { ...key, read, stamp };
}

const repository = () => `https://git.example/${crypto.randomUUID()}/apps.git`;

test.serial(
  'S08 a delivery that is replayed stamps once, and nothing of the payload becomes state',
  async (t) => {
    const url = repository();
    const source = await sourceOf(url);
    const body = JSON.stringify({
      ref: 'refs/heads/main',
      after: 'f'.repeat(40),
      repository: { clone_url: url },
    });
    const call = delivery('github', body, {
      event: { 'x-github-event': 'push', 'x-github-delivery': 'd1' },
    });
    t.is((await stage.send(call)).status, 202);
    const stamped = await source.read();
    t.is(annotation(stamped, ANNOTATION.requestedAt), 'd1');
    t.false(JSON.stringify(stamped).includes('ffffffff'));
    for (const _ of Array(10).keys()) t.is((await stage.send(call)).status, 202);
    t.deepEqual(await source.read(), stamped);
  },
);

test.serial(
  "S12 a delivery touches the sources of exactly the repository it names, and no other tenant's",
  async (t) => {
    const [a, b] = [await sourceOf(repository()), await sourceOf(repository())];
    const { spec } = (await a.read()) as unknown as { spec: { url: string } };
    const answer = await stage.send(pushes.github(spec.url, 'main', { delivery: 'of-a' }));
    t.deepEqual(JSON.parse(answer.text), { stamped: [`${a.namespace}/${a.name}`] });
    t.deepEqual([await a.stamp(), await b.stamp()], ['of-a', '']);
  },
);

test.serial(
  "S12 a namespace's own secret proves its webhooks, and touches its sources alone",
  async (t) => {
    const url = repository();
    const [a, b] = [await sourceOf(url), await sourceOf(url)];
    const own = createHmac('sha256', WEBHOOK_SECRET)
      .update(`namespace/${a.namespace}`)
      .digest('hex');
    const told = (secret: string, path: string) =>
      stage.send({ ...pushes.github(url, 'main', { delivery: 'of-a', secret }), path });
    const refused = [
      await told(own, '/webhooks/github'),
      await told(own, `/webhooks/github/${b.namespace}`),
      await told(WEBHOOK_SECRET, `/webhooks/github/${a.namespace}`),
      await told(`namespace/${a.namespace}`, `/webhooks/github/${a.namespace}`),
    ];
    t.deepEqual(
      refused.map(({ status }) => status),
      [401, 401, 401, 401],
    );
    const answer = await told(own, `/webhooks/github/${a.namespace}`);
    t.deepEqual(JSON.parse(answer.text), { stamped: [`${a.namespace}/${a.name}`] });
    t.deepEqual([await a.stamp(), await b.stamp()], ['of-a', '']);
  },
);

test.serial(
  'S13 addresses are compared whole in their normal form; no pattern comes from the payload',
  async (t) => {
    const id = crypto.randomUUID();
    const source = await sourceOf(`https://git.example/${id}/apps.git`);
    const others = [
      ...[
        '.*',
        `https://git.example/${id}/.*`,
        `https://git.example/${id}/app.`,
        `https://git.example/${id}/apps/..`,
      ],
      `https://git.example/${id}/apps/%2e%2e/apps2`,
      `https://git.example/${id}/APPS.git`,
      `https://git.example/${id}/apps.git/x`,
      `https://git.example.evil.example/${id}/apps.git`,
      `https://evil.example/?https://git.example/${id}/apps.git`,
      `https://evil.example#git.example/${id}/apps.git`,
      `https://git.example@evil.example/${id}/apps.git`,
      `https://git.example:8443/${id}/apps.git`,
      `https://gіt.example/${id}/apps.git`,
      `git.example/${id}/apps`,
      `https://git.example/${id}/aррs.git`,
    ];
    for (const url of others) {
      t.deepEqual(
        JSON.parse((await stage.send(pushes.github(url, 'main'))).text),
        { stamped: [] },
        url,
      );
      t.is(await source.stamp(), '', url);
    }
    const same = [
      `https://GIT.example/${id}/apps`,
      `https://git.example:443/${id}/x/%2e%2e/apps.git/`,
    ];
    for (const [index, url] of same.entries()) {
      await stage.send(pushes.github(url, 'main', { delivery: `same-${index}` }));
      t.is(await source.stamp(), `same-${index}`, url);
    }
  },
);

test.serial('S13 an address that is none is the address of no source', async (t) => {
  const source = await sourceOf('https://git.example:port/apps.git');
  const answer = await stage.send(pushes.github('not an address', 'main'));
  t.deepEqual(JSON.parse(answer.text), { stamped: [] });
  t.is(await source.stamp(), '');
});

test.serial(
  'S13 a branch is compared whole: patterns and other kinds of refs are none',
  async (t) => {
    const url = repository();
    const source = await sourceOf(url, 'main');
    for (const branch of [
      '.*',
      'mai.',
      'main/x',
      'MAIN',
      'refs/tags/main',
      'refs/heads/refs/heads/main',
    ])
      await stage.send(pushes.github(url, branch));
    t.is(await source.stamp(), '');
  },
);
