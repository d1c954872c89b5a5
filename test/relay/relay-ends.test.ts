// A relay that has to go does not wait for whoever it has told: as long as it is there it holds the Lease.
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { relay } from '../../functions/relay/relay.ts';
import { kubeConfigFor } from '../helpers/functions-api-server.ts';
import { listen } from '../helpers/listen.ts';
import { SILENT } from '../reconcile/stage.ts';

test('a tick that is under way ends with the relay', async (t) => {
  using server = await listen((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (request.url?.includes('watch=true')) response.flushHeaders();
    else response.end(JSON.stringify({ items: [], metadata: { resourceVersion: '5' } }));
  });
  const ticked = Promise.withResolvers<void>();
  using functions = await listen(({ url }) => {
    if (url === '/tick') ticked.resolve();
  });
  const end = new AbortController();
  const running = relay(
    {
      ...{ kubeConfig: kubeConfigFor(server.url), sinkUrl: functions.url, token: '' },
      ...{ lease: { namespace: 'n', name: 'webapp-relay' }, election: undefined },
      ...{ tickMs: 100, timeoutMs: 30_000, log: SILENT },
    },
    end.signal,
  ).then(() => 'ended');
  await ticked.promise;
  end.abort();
  t.is(await Promise.race([running, sleep(20_000, 'still there')]), 'ended');
});
