// What the log says of callers who are refused: who and why, however many they are.
import test from 'ava';
import { createApp } from '../../functions/app.ts';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { listen } from '../helpers/listen.ts';
import { HOP, type Line, TRACE } from '../telemetry/stage.ts';

const SECRET = 'canary-of-the-secret';
const GUESS = 'canary-of-the-guess';

async function open() {
  const raw: string[] = [];
  const log = createLog('info', { write: (line) => void raw.push(line) });
  const environment = { WEBHOOK_SECRET: SECRET, EVENT_TOKEN: SECRET, FUNCTIONS: 'events,pushes' };
  const context = createContext(readConfig(environment), undefined, log);
  const server = await listen(createApp(context));
  const post = async (path: string, headers: Record<string, string> = {}, body = '{}') => {
    const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers, body });
    return answer.status;
  };
  const lines = () => raw.map((line) => JSON.parse(line) as Line);
  return { post, raw, lines, [Symbol.dispose]: () => server[Symbol.dispose]() };
}

test('one who is refused has a line with entry, reason and ids, and without what was shown', async (t) => {
  using it = await open();
  const signed = { 'x-hub-signature-256': `sha256=${GUESS}`, 'x-github-delivery': 'd-1' };
  t.is(await it.post('/webhooks/github/shop', { ...signed, traceparent: HOP }, GUESS), 401);
  t.is(await it.post('/events', { authorization: `Bearer ${GUESS}`, 'ce-id': 'e-1' }), 401);
  t.like(it.lines(), [
    {
      ...{ level: 'warn', msg: 'Request refused', method: 'POST', path: '/webhooks/github/shop' },
      ...{ status: 401, error: 'the signature does not fit the secret', count: 1 },
      ...{ trace_id: TRACE, requestId: 'd-1' },
    },
    {
      ...{ level: 'warn', msg: 'Request refused', method: 'POST', path: '/events', status: 401 },
      ...{ error: 'the bearer token is missing or wrong', count: 1, requestId: 'e-1' },
    },
  ]);
  t.is(it.raw.length, 2);
  t.notRegex(it.raw.join(''), /canary/);
});

test('ids that are none are left out', async (t) => {
  using it = await open();
  await it.post('/events', { traceparent: `${HOP}-x`, 'ce-id': `a "b" ${'c'.repeat(200)}` });
  const [line] = it.lines();
  t.is(line?.requestId, undefined);
  t.is(line?.trace_id, undefined);
});

test('a flood has one line for each entry and reason', async (t) => {
  using it = await open();
  for (let n = 0; n < 10; n++) {
    await it.post(`/webhooks/github/tenant-${n}`);
    await it.post('/events');
  }
  t.deepEqual(
    it.lines().map(({ path }) => path),
    ['/webhooks/github/tenant-0', '/events'],
  );
});

test('one who makes up reasons has a bounded number of lines', async (t) => {
  using it = await open();
  for (let n = 0; n < 40; n++) await it.post(`/webhooks/%g${n}`);
  t.true(it.raw.length > 1);
  t.true(it.raw.length < 30, `${it.raw.length} lines`);
});
