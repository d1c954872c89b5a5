// The functions as a process, and what one caller or one repository can make it hold: memory and connections.

import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { request } from 'undici';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { eventAbout } from '../helpers/functions-entries.ts';
import { startTestServer } from '../helpers/git-repo.ts';
import { listen } from '../helpers/listen.ts';
import { startFunctions } from '../helpers/running-parts.ts';
import { makeSource, ready } from './stage.ts';

const MiB = 2 ** 20;
/** What the shipped Deployment lets the container have. */
const LIMIT_MIB = 512;
/** As many as the relay delivers at once. */
const AT_ONCE = 16;

async function start(t: ExecutionContext) {
  const cluster = await testCluster();
  const { running } = await startFunctions(cluster);
  t.teardown(() => running.stop());
  const peak = async () => {
    const status = await readFile(`/proc/${running.pid()}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  };
  return { cluster, url: running.told, peak, pid: running.pid() };
}

/** Opens a connection that says these words, and collects the answer. */
function speak(t: ExecutionContext, url: string, words: string) {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  const said = { text: '', closed: Promise.withResolvers<number>() };
  const begun = Date.now();
  socket.on('data', (data) => {
    said.text += data;
  });
  socket.on('error', () => {});
  socket.on('close', () => said.closed.resolve(Date.now() - begun));
  socket.write(words);
  t.teardown(() => socket.destroy());
  return { socket, said, closed: said.closed.promise };
}

test.serial('S09 headers and bodies that come drop by drop are cut off', async (t) => {
  const { url } = await start(t);
  const headers = speak(t, url, 'POST /webhooks/github HTTP/1.1\r\n');
  const body = speak(
    t,
    url,
    'POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n',
  );
  const drip = setInterval(() => {
    headers.socket.write('X-A: b\r\n');
    body.socket.write('x');
  }, 500);
  t.teardown(() => clearInterval(drip));
  const [headersMs, bodyMs] = await Promise.race([
    Promise.all([headers.closed, body.closed]),
    sleep(45_000, [Number.NaN, Number.NaN] as const, { ref: false }),
  ]);
  t.log(`headers ${headersMs} ms, body ${bodyMs} ms`);
  t.true(headersMs < 20_000, `${headersMs} ms`);
  t.true(bodyMs < 30_000, `${bodyMs} ms`);
  t.regex(headers.said.text + body.said.text, /408 Request Timeout/);
  t.is((await request(`${url}/healthz`)).statusCode, 200);
});

test.serial(
  'S09 bodies beyond the limit, endless ones and packed ones are refused before they are held',
  async (t) => {
    const { url, peak } = await start(t);
    const big = speak(
      t,
      url,
      `POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: ${50 * MiB}\r\n\r\n`,
    );
    const endless = speak(
      t,
      url,
      'POST /webhooks/github HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const chunk = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`;
    let sent = 0;
    while (endless.said.text === '' && sent < 100 * MiB) {
      // What the process has not taken is no reason to send more.
      if (endless.socket.writableNeedDrain) {
        await sleep(1);
        continue;
      }
      endless.socket.write(chunk);
      sent += chunk.length;
    }
    t.regex(endless.said.text, /413 Payload Too Large/);
    t.true(sent < 20 * MiB, `${sent} bytes`);
    t.regex(big.said.text, /413 Payload Too Large/);
    const packed = await request(`${url}/webhooks/github`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: 'x',
    });
    t.is(packed.statusCode, 415);
    const before = await peak();
    // As many bodies at once as the limit lets through, from nobody known.
    const whole = Buffer.alloc(3 * MiB - 1, 'x').toString('latin1');
    const all = Array.from({ length: 190 }, () =>
      speak(
        t,
        url,
        `POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: ${3 * MiB}\r\n\r\n${whole}`,
      ),
    );
    await sleep(8_000);
    const held = await peak();
    t.log(
      `${before.toFixed(0)} MiB before, at most ${held.toFixed(0)} MiB with ${all.length} bodies of 3 MiB`,
    );
    t.true(held < LIMIT_MIB, `${held} MiB`);
    const { statusCode } = await request(`${url}/healthz`);
    t.is(statusCode, 200);
  },
);

test.serial(
  'S31 a repository whose files unpack to hundreds of megabytes is given up within the memory limit',
  async (t) => {
    const { cluster, url, peak } = await start(t);
    const git = await startTestServer();
    t.teardown(() => git.stop());
    const file = (n: number) =>
      `apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: a${n}}\nspec:\n  image: a\n  env: [{name: A, value: ${'x'.repeat(1_000_000)}}]\n`;
    const files = Array.from({ length: 200 }, (_, n) => [`a${n}.yaml`, file(n)]);
    await using repo = await git.make(Object.fromEntries(files));
    const key = { namespace: await freshNamespace(cluster), name: 'apps' };
    await makeSource(cluster, key, { url: repo.url });
    const { path, headers = {}, body = null } = eventAbout('WebAppSource', key);
    const answer = await request(url + path, { method: 'POST', headers, body });
    t.log(`${await answer.body.text()}; at most ${(await peak()).toFixed(0)} MiB`);
    const source = await cluster.admin.cluster.get(WEBAPP_SOURCE, key);
    t.regex(ready(source as WebAppSource), /^False GitLimitExceeded: .*split the source/);
    t.true((await peak()) < LIMIT_MIB, `${await peak()} MiB`);
  },
);

test.serial(
  'S23 Git servers that all send as much as they may, and then hang, are given up within the memory limit',
  async (t) => {
    const { cluster, url, peak } = await start(t);
    const piece = Buffer.alloc(MiB, 'x');
    let asked = 0;
    using server = await listen((_, response) => {
      asked++;
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
      let left = 63;
      const more = () => {
        while (left > 0 && !response.destroyed) {
          left--;
          if (!response.write(piece)) return;
        }
      };
      response.on('drain', more);
      more();
    });
    const after = await followAtOnce(cluster, url, (n) => `${server.url}/s${n}.git`);
    t.log(`at most ${(await peak()).toFixed(0)} MiB; ${after.answer}`);
    t.true((await peak()) < LIMIT_MIB, `${await peak()} MiB`);
    t.true(asked >= AT_ONCE, `${asked} requests`);
    t.true(after.states.some((state) => state.includes('GitBusy')));
  },
);

test.serial(
  'S31 nor do many repositories fill it together whose files unpack to much',
  async (t) => {
    const { cluster, url, peak } = await start(t);
    const git = await startTestServer();
    t.teardown(() => git.stop());
    const file = (n: number) => `# ${n} ${'x'.repeat(1_000_000)}\n${webappFile(n)}`;
    const files = Array.from({ length: 31 }, (_, n) => [`a${n}.yaml`, file(n)]);
    await using repo = await git.make(Object.fromEntries(files));
    const after = await followAtOnce(cluster, url, () => repo.url);
    t.log(`at most ${(await peak()).toFixed(0)} MiB; ${after.answer}`);
    t.true((await peak()) < LIMIT_MIB, `${await peak()} MiB`);
    t.true(after.states.some((state) => state.startsWith('True')));
  },
);

/** Tells the functions at once of sources of these repositories; returns an answer, and what each source says in the end. */
async function followAtOnce(cluster: TestCluster, url: string, urlOf: (n: number) => string) {
  const namespace = await freshNamespace(cluster);
  const follow = async (n: number) => {
    const key = { namespace, name: `s${n}` };
    await makeSource(cluster, key, { url: urlOf(n) });
    const { path, headers = {}, body = null } = eventAbout('WebAppSource', key);
    const answer = await request(url + path, { method: 'POST', headers, body });
    return answer.body.text();
  };
  const told = await Promise.allSettled(Array.from({ length: AT_ONCE }, (_, n) => follow(n)));
  const { items } = await cluster.admin.cluster.list(WEBAPP_SOURCE, { namespace });
  const states = items.map((source) => ready(source as WebAppSource));
  return { answer: JSON.stringify(told[0]), states };
}

function webappFile(n: number): string {
  return `apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: a${n}}\nspec: {image: a}\n`;
}
