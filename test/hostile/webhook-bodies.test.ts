import { connect, type Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import test, { type ExecutionContext } from 'ava';
import { until } from '../../infra/control-plane/until.ts';
import { type Call, openEntry } from '../helpers/functions-entries.ts';
import { pushes } from '../helpers/functions-pushes.ts';
import { BODY, delivery, EVENTS, FORGE_NAMES, PROOFS, without } from './deliveries.ts';
import { hostileStage, type Stage, unheard } from './stage.ts';

let stage: Stage;

test.before(async () => {
  stage = await hostileStage();
});
test.after.always(() => stage?.[Symbol.dispose]());

const deep = (open: string, close: string) => open.repeat(10_000) + close.repeat(10_000);
const inner: unknown[] = [
  null,
  5,
  'x',
  true,
  [],
  {},
  [null],
  { a: null },
  { length: 1 },
  '__proto__',
];
const KEYS = [
  'ref',
  'url',
  'repository',
  'project',
  'push',
  'object_attributes',
  'action',
  'number',
  'check_run',
  'issue',
  'comment',
];
const hostile: string[] = [
  ...['null', '5', '"x"', '[]', '[null]', '', '{', '\u0000', deep('[', ']'), deep('{"push":', '}')],
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  ...inner.map((value) => JSON.stringify(Object.fromEntries(KEYS.map((key) => [key, value])))),
  ...inner.map((value) =>
    JSON.stringify({ push: { changes: value }, check_run: { pull_requests: value } }),
  ),
  ...inner.map((value) =>
    JSON.stringify({ push: { changes: [value, { new: value }] }, repository: { links: value } }),
  ),
  ...inner.map((value) =>
    JSON.stringify({ action: 'opened', number: value, repository: { clone_url: value } }),
  ),
];

for (const forge of FORGE_NAMES) {
  test.serial(
    `S10 ${forge}: signed bodies of hostile shapes are 400 or 202, and the process lives`,
    async (t) => {
      const calls = EVENTS[forge].flatMap((event) =>
        hostile.map((body) => delivery(forge, body, { event })),
      );
      const { statuses } = await unheard(stage, calls);
      t.deepEqual(
        statuses.filter((status) => status !== 400 && status !== 202),
        [],
      );
      t.false('polluted' in {});
      t.is((await stage.send({ method: 'GET', path: '/healthz' })).status, 200);
    },
  );
}

test.serial(
  "S11 another forge's headers, or the wrong route: the path alone tells the forge",
  async (t) => {
    const calls = FORGE_NAMES.flatMap((from) =>
      FORGE_NAMES.filter((to) => to !== from).map((to) => ({
        ...delivery(from, BODY),
        path: `/webhooks/${to}`,
      })),
    );
    t.deepEqual(await unheard(stage, calls), { statuses: [401], asked: 0 });
    const unknown = ['__proto__', 'constructor', 'toString', 'GitHub', 'github%2F..', 'github;x'];
    const routes = unknown.map((name) => ({
      ...delivery('github', BODY),
      path: `/webhooks/${name}`,
    }));
    t.deepEqual(await unheard(stage, routes), { statuses: [404], asked: 0 });
  },
);

test.serial(
  'S14 a thousand requests of nobody known, at once: the API server is asked for nothing',
  async (t) => {
    const kinds = [
      without(delivery('github', BODY), ...PROOFS),
      delivery('gitlab', BODY, { secret: 'wrong' }),
      { path: '/events', body: '{}' },
      { path: '/tick' },
      { path: '/nowhere' },
    ];
    const calls = Array.from({ length: 1_000 }, (_, index) => kinds[index % kinds.length] as Call);
    const { statuses, asked } = await unheard(stage, calls);
    t.deepEqual(statuses.sort(), [401, 404]);
    t.is(asked, 0);
    // That it would have been seen.
    await stage.send(pushes.github('https://git.example/a.git', 'main'));
    t.true((await stage.asked()).length > 0);
  },
);

test.serial(
  'S15 GitLab: what cannot be done now, as the API server is away or there is no room, is left to the tick with 2xx',
  async (t) => {
    const nowhere = new KubeConfig();
    nowhere.loadFromClusterAndUser(
      { name: 'c', server: 'http://127.0.0.1:9', skipTLSVerify: false },
      { name: 'u' },
    );
    await using away = await openEntry('container', nowhere);
    const url = 'https://git.example/a.git';
    t.is((await away.send(pushes.github(url, 'main'))).status, 503);
    const { status, body } = await away.send(pushes['gitlab with a token'](url, 'main'));
    t.is(status, 202);
    t.like(body, { left: 'to the tick' });
    using full = await hostileStage();
    fill(t, full.url);
    const isFull = async () => (await full.send(delivery('github', BODY))).status === 503;
    await until(isFull, { what: 'no room', signal: AbortSignal.timeout(60_000) });
    const answer = await full.send(delivery('gitlab', BODY));
    t.deepEqual([answer.status, JSON.parse(answer.text).left], [202, 'to the tick']);
  },
);

/**
 * Sends bodies that do not end, up to one byte less than is held of all at once. One that is answered, because somebody else
 * had a byte just then or its time is over, is sent again.
 */
function fill(t: ExecutionContext, url: string): void {
  const { hostname, port } = new URL(url);
  const MiB = 2 ** 20;
  const almost = 3 * MiB - 1;
  const sockets = new Set<Socket>();
  let isOver = false;
  const hold = (size: number) => {
    if (isOver) return;
    const socket = connect(Number(port), hostname);
    sockets.add(socket);
    socket.on('error', () => {}).on('data', () => socket.destroy());
    socket.on('close', () => setTimeout(hold, 50, size));
    socket.write(`POST /webhooks/plain HTTP/1.1\r\nHost: x\r\nContent-Length: ${3 * MiB}\r\n\r\n`);
    socket.write(Buffer.alloc(size, 'x'));
  };
  t.teardown(() => {
    isOver = true;
    for (const socket of sockets) socket.destroy();
  });
  for (const size of [...Array<number>(21).fill(almost), 64 * MiB - 1 - 21 * almost]) hold(size);
}

test.serial(
  'S15 GitLab: what it need not tell us is taken with 2xx, so that it does not switch the hook off',
  async (t) => {
    const events = [
      'Pipeline Hook',
      'Job Hook',
      'Note Hook',
      'Tag Push Hook',
      'Deployment Hook',
      'System Hook',
      '',
    ];
    for (const event of events) {
      const call = delivery('gitlab', '{"object_kind":"x"}', {
        event: { 'x-gitlab-event': event },
      });
      t.is((await stage.send(call)).status, 202, event);
    }
  },
);
