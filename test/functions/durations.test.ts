import test from 'ava';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { onTick } from '../../functions/on-tick.ts';
import { kubeConfigFor } from '../helpers/functions-api-server.ts';
import { listen } from '../helpers/listen.ts';

const SECRET = { WEBHOOK_SECRET: 's3cret' };

test('what a timer waits for is no longer than it can: it would fire at once', (t) => {
  for (const name of ['REQUEST_TIMEOUT', 'TICK_INTERVAL', 'RETRY_PERIOD']) {
    const message = new RegExp(`${name} must be a duration .*, of at most 500h, not "600h"`);
    t.throws(() => readConfig({ ...SECRET, [name]: '600h' }), { message });
  }
  t.is(readConfig({ ...SECRET, DRIFT_INTERVAL: '600h' }).driftMs, 600 * 3_600_000);
});

test('a time of which the shares are no whole milliseconds is kept like any other', async (t) => {
  using server = await listen((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items: [], metadata: { resourceVersion: '5' } }));
  });
  const config = readConfig({ FUNCTIONS: 'webapps,sources,tick', REQUEST_TIMEOUT: '25333ms' });
  const context = createContext(config, kubeConfigFor(server.url), createLog('silent'));
  t.like(await onTick(context), { status: 200 });
});
