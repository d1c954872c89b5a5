// What a real Pushgateway gets of one process, and what the process feels of a gateway that is not well: nothing.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { buffer, text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { request } from 'undici';
import { createLog } from '../../functions/log.ts';
import { createMetrics } from '../../functions/metrics/metrics.ts';
import { Pushgateway } from '../../functions/metrics/pushgateway.ts';
import { WEBAPP } from '../../gitops/kinds.ts';
import { freePort } from '../../infra/free-port.ts';
import { startPushgateway } from '../../infra/pushgateway/start.ts';
import { eventually } from '../cluster/eventually.ts';
import { listen, passOn } from '../helpers/listen.ts';
import { exposedBy, sum } from './exposed.ts';

/** Longest time of a push to a gateway that hangs. */
const PUSH_MS = 1_000;
/** The rest is for a machine that is busy. */
const AT_MOST_MS = 5_000;

function open(url: string) {
  const lines: string[] = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    lines.push(JSON.parse(chunk.toString()).msg);
    done();
  };
  const metrics = createMetrics();
  const gateway = new Pushgateway(url, metrics, createLog('info', new Writable({ write })));
  const failures = async () =>
    (await metrics.registry.getSingleMetric('webapp_pushgateway_failures_total')?.get())?.values[0]
      ?.value;
  return { ...metrics, gateway, lines, failures };
}

const retriesAt = async (url: string) => sum(await exposedBy(url), 'webapp_retries_total');

/** Pushes until it is done: a busy machine may need longer than a push's second, and a pause follows that. */
async function pushed({ gateway, failures }: ReturnType<typeof open>): Promise<void> {
  await eventually('a push arrives', async () => {
    const before = await failures();
    await gateway.close();
    return (await failures()) === before;
  });
}

async function took(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

test.serial('all series arrive at zero, and then what is counted', async (t) => {
  await using real = await startPushgateway();
  const { gateway, visits } = open(real.url);
  gateway.keepUp();
  await eventually('the zeros are there', async () =>
    (await exposedBy(real.url)).some(({ name }) => name === 'webapp_git_syncs_total'),
  );
  t.is(await retriesAt(real.url), 0);
  for (let i = 0; i < 5; i++) visits.retried(WEBAPP);
  await eventually('the counts are there', async () => (await retriesAt(real.url)) === 5);
  const [sample] = (await exposedBy(real.url)).filter(({ name }) => name === 'webapp_build_info');
  t.like(sample?.labels, { job: 'webapp-functions' });
  t.regex(sample?.labels.instance ?? '', /^[\da-f-]{36}$/);
});

test.serial('processes do not take each other’s place', async (t) => {
  await using real = await startPushgateway();
  const [one, other] = [open(real.url), open(real.url)];
  one.visits.retried(WEBAPP);
  await pushed(one);
  other.visits.retried(WEBAPP);
  other.visits.retried(WEBAPP);
  await pushed(other);
  await pushed(one);
  t.is(await retriesAt(real.url), 3);
});

test.serial('where nothing was counted, nothing is pushed', async (t) => {
  await using real = await startPushgateway();
  const opened = open(real.url);
  const pushedAt = async () => sum(await exposedBy(real.url), 'push_time_seconds');
  await pushed(opened);
  const first = await pushedAt();
  await opened.gateway.push();
  t.is(await pushedAt(), first);
});

test.serial('a gateway that is not there is told of once, and found again', async (t) => {
  const port = await freePort();
  const { gateway, visits, lines, failures } = open(`http://127.0.0.1:${port}`);
  visits.retried(WEBAPP);
  await gateway.close();
  await gateway.close();
  t.is(await failures(), 2);
  t.deepEqual(lines, ['The Pushgateway fails; metrics stay here']);
  await using real = await startPushgateway(port);
  await gateway.close();
  t.is(await retriesAt(real.url), 1);
  t.is(sum(await exposedBy(real.url), 'webapp_pushgateway_failures_total'), 2);
  t.is(lines.at(-1), 'The Pushgateway is there again');
});

test.serial('a gateway that hangs costs its second, and not again at once', async (t) => {
  await using real = await startPushgateway();
  const { gateway, visits, failures } = open(real.url);
  real.process.kill('SIGSTOP');
  visits.retried(WEBAPP);
  t.true((await took(() => gateway.push())) < AT_MOST_MS);
  t.true((await took(() => gateway.push())) < PUSH_MS, 'the pause');
  t.true((await took(() => gateway.removeDead())) < PUSH_MS);
  t.is(await failures(), 1);
  real.process.kill('SIGCONT');
  await gateway.close();
  t.is(await retriesAt(real.url), 1);
});

for (const [title, text, work] of [
  ['to a push', 'half', (gateway) => gateway.push()],
  ['to the search for the dead', 'push_time_seconds{inst', (gateway) => gateway.removeDead()],
] as const satisfies [string, string, (gateway: Pushgateway) => Promise<void>][])
  test.serial(`an answer ${title} that breaks off in its middle costs no more`, async (t) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${text}`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { gateway, failures } = open(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    t.true((await took(() => work(gateway))) < AT_MOST_MS);
    t.is(await failures(), 1);
    server.close();
    for (const socket of sockets) socket.destroy();
  });

test.serial(
  'a push waits for the one before it and tells more: no older numbers arrive after newer ones',
  async (t) => {
    const events: string[] = [];
    const arrived = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    using slow = await listen(async (request, response) => {
      const [, retries] =
        /^webapp_retries_total\{.*WebApp".*\} (\d+)$/m.exec(await textOf(request)) ?? [];
      events.push(`begins with ${retries}`);
      arrived.resolve();
      await held.promise;
      events.push(`ends with ${retries}`);
      response.writeHead(200).end();
    });
    const { gateway, visits, failures } = open(slow.url);
    visits.retried(WEBAPP);
    const first = gateway.push();
    await arrived.promise;
    visits.retried(WEBAPP);
    const second = gateway.push();
    // Far less than a push may take: on a busy machine, too, it is to be over in time.
    await sleep(PUSH_MS / 10);
    t.deepEqual(events, ['begins with 1']);
    held.resolve();
    await Promise.all([first, second]);
    t.deepEqual(events, ['begins with 1', 'ends with 1', 'begins with 2', 'ends with 2']);
    t.is(await failures(), 0);
  },
);

// The limit that docs/metrics.md names: the gateway has no condition by which an older push would be refused.
test.serial(
  'a push that was given up and arrives after a newer one stays until the next',
  async (t) => {
    await using real = await startPushgateway();
    const held = Promise.withResolvers<void>();
    let pushes = 0;
    using proxy = await listen(async (asked, response) => {
      if (asked.method === 'PUT' && pushes++ === 0) {
        const body = await buffer(asked);
        await held.promise;
        await request(`${real.url}${asked.url}`, { method: 'PUT', body });
      } else await passOn(real.url, asked, response);
    });
    const opened = open(proxy.url);
    const { gateway, visits, failures } = opened;
    visits.retried(WEBAPP);
    await gateway.push();
    t.is(await failures(), 1);
    visits.retried(WEBAPP);
    await pushed(opened);
    t.is(await retriesAt(real.url), 2);
    held.resolve();
    await eventually('the older one arrives', async () => (await retriesAt(real.url)) === 1);
    visits.retried(WEBAPP);
    await pushed(opened);
    t.is(await retriesAt(real.url), 3);
  },
);

test.serial('a gateway that forgets all is told all, and no counter falls', async (t) => {
  const first = await startPushgateway();
  const opened = open(first.url);
  const { visits } = opened;
  for (let i = 0; i < 3; i++) visits.retried(WEBAPP);
  await pushed(opened);
  t.is(await retriesAt(first.url), 3);
  await first[Symbol.asyncDispose]();
  await using second = await startPushgateway(Number(new URL(first.url).port));
  t.is(await retriesAt(second.url), 0, 'there is no series');
  visits.retried(WEBAPP);
  await pushed(opened);
  t.is(await retriesAt(second.url), 4);
});

test.serial('a user in the URL is shown to the proxy, and never logged', async (t) => {
  const seen: unknown[] = [];
  using proxy = await listen(({ method, url, headers }, response) => {
    seen.push([method, url?.split('/').slice(0, 5).join('/'), headers.authorization]);
    response.writeHead(401).end();
  });
  const { gateway, lines } = open(`${proxy.url.replace('//', '//ana:s%40crt@')}/gate`);
  await gateway.removeDead();
  await gateway.close();
  const authorization = `Basic ${Buffer.from('ana:s@crt').toString('base64')}`;
  t.deepEqual(seen, [
    ['GET', '/gate/metrics', authorization],
    ['PUT', '/gate/metrics/job/webapp-functions', authorization],
  ]);
  t.false(JSON.stringify(lines).includes('s@crt'));
});
