// What becomes of an event, by the answer to it.
import test from 'ava';
import { sendEvent } from '../../functions/event-sink.ts';
import { createLog } from '../../functions/log.ts';
import type { DeliveryResult } from '../../functions/relay/delivery-queue.ts';
import { WEBAPP } from '../../gitops/kinds.ts';
import { webapp } from '../cluster/objects.ts';
import { listen } from '../helpers/listen.ts';

interface Case {
  readonly status: number;
  readonly retryAfter?: string;
  readonly want: DeliveryResult;
}

const again = (afterMs: number) => ({ kind: 'again', afterMs }) as const;

const cases: readonly Case[] = [
  { status: 200, want: { kind: 'done' } },
  { status: 202, retryAfter: '5', want: { kind: 'done' } },
  { status: 400, want: { kind: 'refused' } },
  { status: 401, want: again(0) },
  { status: 401, retryAfter: '5', want: again(5_000) },
  { status: 403, want: again(0) },
  { status: 404, want: again(0) },
  { status: 408, want: again(0) },
  { status: 413, want: { kind: 'refused' } },
  { status: 415, want: { kind: 'refused' } },
  { status: 422, want: { kind: 'refused' } },
  { status: 429, retryAfter: '7', want: again(7_000) },
  { status: 500, want: again(0) },
  { status: 503, retryAfter: '1', want: again(1_000) },
  { status: 503, retryAfter: 'soon', want: again(0) },
];

const happening = { of: WEBAPP, verb: 'update', object: webapp('shop', 'shop') } as const;
const sink = { token: '', source: '', timeoutMs: 30_000, log: createLog('silent') };

for (const { status, retryAfter, want } of cases)
  test(`an answer of ${status}, Retry-After: ${retryAfter ?? 'none'}`, async (t) => {
    using server = await listen((_, response) => {
      if (retryAfter) response.setHeader('Retry-After', retryAfter);
      response.writeHead(status).end();
    });
    t.deepEqual(await sendEvent(happening, { ...sink, url: server.url }), want);
  });

test('nobody there: to be tried again, when the sender likes', async (t) => {
  t.deepEqual(await sendEvent(happening, { ...sink, url: 'http://127.0.0.1:1' }), again(0));
});
