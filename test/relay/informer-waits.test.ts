// How long the relay waits before it watches again: not at all after a watch that was a good one, ever longer where none is.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { follow } from '../../functions/relay/informer.ts';
import { Api } from '../../gitops/io/api.ts';
import { Connector } from '../../gitops/io/connection.ts';
import { WEBAPP } from '../../gitops/kinds.ts';
import { eventually } from '../cluster/eventually.ts';
import { kubeConfigFor } from '../helpers/functions-api-server.ts';
import { listen } from '../helpers/listen.ts';
import { SILENT } from '../reconcile/stage.ts';

/** Serves watches that end as told, by their number; returns when each began and ended, by performance.now(). */
async function watchesThat(
  t: ExecutionContext,
  end: (response: ServerResponse, count: number) => unknown,
) {
  const watches: { begun: number; ended: number }[] = [];
  const server = await listen((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (!request.url?.includes('watch=true'))
      return void response.end(JSON.stringify({ items: [], metadata: { resourceVersion: '5' } }));
    // The client's own try to go on with what has begun, which no API server can.
    if (request.headers.range) return void response.end();
    const watch = { begun: performance.now(), ended: Number.NaN };
    response.once('close', () => {
      watch.ended = performance.now();
    });
    response.flushHeaders();
    end(response, watches.push(watch));
  });
  const connector = new Connector(kubeConfigFor(server.url));
  const stop = new AbortController();
  const subject = { of: WEBAPP, tell: () => {} };
  const running = follow(subject, new Api(connector), { signal: stop.signal, log: SILENT });
  t.teardown(async () => {
    stop.abort();
    await running;
    await connector.close();
    server[Symbol.dispose]();
  });
  return watches;
}

test('a server that ends each watch at once is not asked again and again', async (t) => {
  const watches = await watchesThat(t, (response) => response.end());
  await sleep(2_000);
  t.true(watches.length < 8, `${watches.length} watches in 2 s`);
  await eventually('it watches again', () => watches.length > 1);
});

test('nor one that takes no version that it has just given', async (t) => {
  const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
  const gone = `${JSON.stringify({ type: 'ERROR', object: status })}\n`;
  const watches = await watchesThat(t, (response) => response.end(gone));
  await sleep(2_000);
  t.true(watches.length < 8, `${watches.length} watches in 2 s`);
  await eventually('it watches again', () => watches.length > 1);
});

test('a watch that is cut after a while is followed soon, though others were cut at once before', async (t) => {
  const BAD = 5;
  const metadata = { resourceVersion: '6' };
  const bookmark = `${JSON.stringify({ type: 'BOOKMARK', object: { metadata } })}\n`;
  const watches = await watchesThat(t, async (response, count) => {
    await new Promise((sent) => response.write(bookmark, sent));
    await sleep(count === BAD + 1 ? 6_000 : 50);
    response.destroy();
  });
  await eventually('a watch after the good one', () => watches.length > BAD + 1);
  const [good, next] = watches.slice(BAD);
  const waited = (next?.begun ?? Number.NaN) - (good?.ended ?? Number.NaN);
  // As after a sixth bad one it would be 6.4 s at least.
  t.true(waited < 6_000, `${waited} ms`);
});
