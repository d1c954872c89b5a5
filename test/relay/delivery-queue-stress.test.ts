import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import {
  DeliveryQueue,
  type DeliveryResult,
  type Pace,
} from '../../functions/relay/delivery-queue.ts';
import { AGAIN, DONE } from '../helpers/delivery-bench.ts';

const PACE: Pace = {
  ...{ parallel: 5, spacingMs: 0, firstRetryMs: 1, longestRetryMs: 4 },
  longestAskedMs: 4,
};

interface Item {
  readonly key: string;
  readonly n: number;
}

test('many additions, slow and failing deliveries: no key twice at once, the newest of each arrives', async (t) => {
  const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
  const last = new Map<string, number>();
  const under = new Set<string>();
  let twice = 0;
  let most = 0;
  let count = 0;
  const deliver = async ({ key, n }: Item): Promise<DeliveryResult> => {
    if (under.has(key)) twice++;
    under.add(key);
    most = Math.max(most, under.size);
    await sleep(count++ % 3);
    under.delete(key);
    if (count % 4 === 0) return AGAIN;
    last.set(key, n);
    return DONE;
  };
  const end = new AbortController();
  const queue = new DeliveryQueue(deliver, PACE, end.signal);
  for (let n = 1; n <= 50; n++) {
    for (const key of keys) queue.add(key, '', { key, n });
    if (n % 10 === 0) await sleep(2);
  }
  for (let i = 0; i < 2_000 && keys.some((key) => last.get(key) !== 50); i++) await sleep(2);
  end.abort();
  t.deepEqual(
    keys.filter((key) => last.get(key) !== 50),
    [],
  );
  t.is(twice, 0);
  t.is(most, 5);
  t.true(count < 50 * keys.length, `${count} deliveries`);
});
