// Pushes that Git servers tell of.
import test from 'ava';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { listening } from '../helpers/functions-api-server.ts';
import {
  type Call,
  ENTRIES,
  type Entry,
  type EntryName,
  openEntry,
} from '../helpers/functions-entries.ts';
import { type Push, pushes } from '../helpers/functions-pushes.ts';

const opened = new Map<EntryName, Promise<Entry>>();

/** One instance for all tests: it keeps nothing between requests. */
async function entryOf(name: EntryName): Promise<Entry> {
  const { functions } = await testCluster();
  const entry = opened.get(name) ?? openEntry(name, functions);
  opened.set(name, entry);
  return entry;
}

test.after.always(async () => {
  for (const entry of opened.values()) await (await entry)[Symbol.asyncDispose]();
});

/** Makes sources and returns what each was stamped with, by name. */
async function sources(specs: Record<string, { url: string; branch?: string }>) {
  const cluster = await testCluster();
  const namespace = await freshNamespace(cluster);
  const { apiVersion, kind } = WEBAPP_SOURCE;
  for (const [name, spec] of Object.entries(specs)) {
    const source = { apiVersion, kind, metadata: { name, namespace }, spec };
    await cluster.admin.cluster.create(WEBAPP_SOURCE, source);
  }
  const read = async () => {
    const { items } = await cluster.admin.cluster.list(WEBAPP_SOURCE, { namespace });
    return items;
  };
  const stamps = async () =>
    Object.fromEntries(
      (await read()).map((item) => [item.metadata.name, annotation(item, ANNOTATION.requestedAt)]),
    );
  return { namespace, read, stamps };
}

/** An address that no other test has. */
const address = () => `git.example/${crypto.randomUUID()}/apps`;

for (const name of ENTRIES) {
  for (const [forge, push] of Object.entries(pushes) as [string, Push][]) {
    test.serial(
      `${name}: a push told by ${forge} stamps the sources that follow the branch`,
      async (t) => {
        const repository = address();
        const { namespace, stamps } = await sources({
          exact: { url: `https://${repository}.git` },
          'without-suffix': { url: `https://${repository}/` },
          'other-branch': { url: `https://${repository}.git`, branch: 'dev' },
          'other-repository': { url: `https://${repository}2.git` },
        });
        const entry = await entryOf(name);
        const delivery = crypto.randomUUID();
        const answer = await entry.send(push(`https://${repository}.git`, 'main', { delivery }));
        t.is(answer.status, 202);
        t.deepEqual(answer.body, {
          stamped: [`${namespace}/exact`, `${namespace}/without-suffix`],
        });
        t.deepEqual(await stamps(), {
          exact: delivery,
          'without-suffix': delivery,
          'other-branch': '',
          'other-repository': '',
        });
      },
    );

    test.serial(`${name}: a delivery that ${forge} repeats stamps once`, async (t) => {
      const url = `https://${address()}.git`;
      const { read } = await sources({ apps: { url } });
      const entry = await entryOf(name);
      const call = push(url, 'main');
      t.is((await entry.send(call)).status, 202);
      const [first] = await read();
      t.is((await entry.send(call)).status, 202);
      t.deepEqual(await read(), [first]);
      t.is((await entry.send(push(url, 'main'))).status, 202);
      const [second] = await read();
      t.not(second?.metadata.resourceVersion, first?.metadata.resourceVersion);
    });

    test.serial(
      `${name}: a push told by ${forge} with a wrong signature is refused and nothing is read`,
      async (t) => {
        await using api = await listening();
        await using entry = await openEntry(name, api.kubeConfig);
        const url = 'https://git.example/a.git';
        const good = push(url, 'main');
        const bad: Record<string, Call> = {
          'another secret': push(url, 'main', { secret: 'another' }),
          'an empty secret': push(url, 'main', { secret: '' }),
          'no signature': { ...good, headers: { 'content-type': 'application/json' } },
        };
        // A token stands for itself and signs no body.
        if (!forge.includes('token')) {
          const body = String(good.body).replace('main', 'evil');
          bad['another body'] = { ...good, body };
        }
        for (const [title, call] of Object.entries(bad)) {
          t.is((await entry.send(call)).status, 401, title);
        }
        t.deepEqual(api.asked, []);
        t.is((await entry.send(good)).status, 202);
        t.is(api.asked.length, 1);
      },
    );
  }

  test.serial(
    `${name}: pushes of a GitLab that has no key of deliveries yet are told apart by their bodies`,
    async (t) => {
      const url = `https://${address()}.git`;
      const { read } = await sources({ apps: { url } });
      const entry = await entryOf(name);
      const pushOf = (after: string): Call => {
        const { headers, body, ...call } = pushes['gitlab with a token'](url, 'main');
        const { 'idempotency-key': _, ...older } = headers as Record<string, string>;
        return { ...call, headers: older, body: String(body).replace('{', `{"after":"${after}",`) };
      };
      const versionAfter = async (call: Call) => {
        t.is((await entry.send(call)).status, 202);
        return (await read())[0]?.metadata.resourceVersion;
      };
      const first = await versionAfter(pushOf('a'));
      t.is(await versionAfter(pushOf('a')), first, 'a repetition');
      const second = await versionAfter(pushOf('b'));
      t.not(second, first, 'another push of the same event');
      t.is(await versionAfter(pushOf('b')), second);
    },
  );

  test.serial(`${name}: what is no push to a branch stamps nothing`, async (t) => {
    await using api = await listening();
    await using entry = await openEntry(name, api.kubeConfig);
    const url = 'https://git.example/a.git';
    const push = pushes.github(url, 'main');
    const calls: Record<string, { call: Call; status: number }> = {
      'a ping': {
        call: { ...push, headers: { ...push.headers, 'x-github-event': 'ping' } },
        status: 202,
      },
      'a tag': { call: pushes.plain(url, 'refs/tags/v1'), status: 202 },
      'another forge in the path': { call: { ...push, path: '/webhooks/gitea' }, status: 401 },
      'no such forge': { call: { ...push, path: '/webhooks/forge' }, status: 404 },
      'a name of Object': { call: { ...push, path: '/webhooks/constructor' }, status: 404 },
    };
    for (const [title, { call, status }] of Object.entries(calls)) {
      t.is((await entry.send(call)).status, status, title);
    }
    t.deepEqual(api.asked, []);
  });
}
