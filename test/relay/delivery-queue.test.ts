import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import {
  DeliveryQueue,
  type DeliveryResult,
  type Pace,
} from '../../functions/relay/delivery-queue.ts';

const PACE: Pace = { parallel: 4, spacingMs: 0, firstRetryMs: 1, longestRetryMs: 4 };

interface Item {
  readonly key: string;
  readonly n: number;
}

/** A queue whose deliveries are ended by hand. */
class Bench implements Disposable {
  /** key and number of each delivery, in order of their starts. */
  readonly started: string[] = [];
  readonly startedAt: number[] = [];
  most = 0;
  readonly #open = new Map<string, (result: DeliveryResult) => void>();
  readonly #end = new AbortController();
  readonly #queue: DeliveryQueue<Item>;

  constructor(pace: Partial<Pace> = {}) {
    this.#queue = new DeliveryQueue(
      (item) => this.#deliver(item),
      { ...PACE, ...pace },
      this.#end.signal,
    );
  }

  add(...items: string[]): void {
    for (const item of items) {
      const [key = '', n] = item.split(':');
      this.#queue.add(key, { key, n: Number(n) });
    }
  }

  async end(key: string, result: DeliveryResult = 'done'): Promise<void> {
    const open = this.#open.get(key);
    this.#open.delete(key);
    if (open === undefined) throw new Error(`${key} is not under way`);
    open(result);
    await settle();
  }

  /** Ends the delivery of a once `count` have started. */
  async endNext(count: number, result: DeliveryResult): Promise<void> {
    await this.until(count);
    await this.end('a', result);
  }

  /** Milliseconds between the starts. */
  get gaps(): number[] {
    return this.startedAt.slice(1).map((at, i) => at - (this.startedAt[i] ?? at));
  }

  get open(): string[] {
    return [...this.#open.keys()];
  }

  async until(count: number): Promise<void> {
    for (let i = 0; i < 2_000 && this.started.length < count; i++) await sleep(1);
  }

  #deliver({ key, n }: Item): Promise<DeliveryResult> {
    this.started.push(`${key}:${n}`);
    this.startedAt.push(performance.now());
    return new Promise((resolve) => {
      this.#open.set(key, resolve);
      this.most = Math.max(this.most, this.#open.size);
    });
  }

  [Symbol.dispose](): void {
    this.#end.abort();
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await turn();
}

test('an item is delivered at once', (t) => {
  using bench = new Bench();
  bench.add('a:1');
  t.deepEqual(bench.started, ['a:1']);
});

test('what is added while a delivery of its key is under way is one more delivery, of the newest', async (t) => {
  using bench = new Bench();
  bench.add('a:1', 'a:2', 'a:3', 'a:4');
  await settle();
  t.deepEqual(bench.started, ['a:1']);
  await bench.end('a');
  t.deepEqual(bench.started, ['a:1', 'a:4']);
  await bench.end('a');
  t.deepEqual(bench.started, ['a:1', 'a:4']);
  t.deepEqual(bench.open, []);
});

test('what is added while its key waits for a worker is one delivery, of the newest', async (t) => {
  using bench = new Bench({ parallel: 1 });
  bench.add('a:1', 'b:1', 'b:2', 'b:3');
  await bench.end('a');
  await bench.end('b');
  t.deepEqual(bench.started, ['a:1', 'b:3']);
});

test('a key can be delivered again after it was done', async (t) => {
  using bench = new Bench();
  bench.add('a:1');
  await bench.end('a');
  bench.add('a:2');
  await settle();
  t.deepEqual(bench.started, ['a:1', 'a:2']);
});

test('no more deliveries than allowed are under way, and keys come in order of arrival', async (t) => {
  using bench = new Bench({ parallel: 2 });
  bench.add('a:1', 'b:1', 'c:1', 'd:1', 'e:1');
  t.deepEqual(bench.open, ['a', 'b']);
  await bench.end('b');
  t.deepEqual(bench.open, ['a', 'c']);
  await bench.end('a');
  await bench.end('c');
  t.deepEqual(bench.started, ['a:1', 'b:1', 'c:1', 'd:1', 'e:1']);
  t.is(bench.most, 2);
});

test('an item is tried again until it is taken', async (t) => {
  using bench = new Bench();
  bench.add('a:1');
  for (let attempt = 1; attempt <= 5; attempt++) await bench.endNext(attempt, 'again');
  await bench.endNext(6, 'done');
  await sleep(20);
  t.deepEqual(bench.started, Array(6).fill('a:1'));
});

test('while an item waits to be tried again a newer one takes its place', async (t) => {
  using bench = new Bench({ firstRetryMs: 400, longestRetryMs: 400 });
  bench.add('a:1');
  await bench.end('a', 'again');
  bench.add('a:2', 'a:3');
  t.deepEqual(bench.started, ['a:1']);
  await bench.until(2);
  await bench.end('a');
  await sleep(20);
  t.deepEqual(bench.started, ['a:1', 'a:3']);
});

test('of an item that failed and a newer one that came meanwhile the newer is tried', async (t) => {
  using bench = new Bench();
  bench.add('a:1', 'a:2');
  await bench.end('a', 'again');
  await bench.until(2);
  await bench.end('a');
  await sleep(20);
  t.deepEqual(bench.started, ['a:1', 'a:2']);
});

test('a retry waits twice as long each time, up to a limit', async (t) => {
  using bench = new Bench({ firstRetryMs: 20, longestRetryMs: 60 });
  bench.add('a:1');
  for (let attempt = 1; attempt <= 8; attempt++) await bench.endNext(attempt, 'again');
  await bench.until(9);
  const { gaps } = bench;
  for (const [i, ms] of [20, 40, 60, 60].entries())
    t.true((gaps[i] ?? 0) >= ms - 2, gaps.join(' '));
  // Without a limit it would be 2560 ms.
  t.true((gaps[7] ?? Number.NaN) < 1_000, gaps.join(' '));
});

test('after a success retries begin anew', async (t) => {
  using bench = new Bench({ firstRetryMs: 10, longestRetryMs: 60_000 });
  bench.add('a:1');
  for (let attempt = 1; attempt <= 6; attempt++) await bench.endNext(attempt, 'again');
  await bench.endNext(7, 'done');
  bench.add('a:2');
  await bench.endNext(8, 'again');
  await bench.until(9);
  // As a seventh failure in a row it would be 640 ms.
  t.true((bench.gaps[7] ?? Number.NaN) < 500, bench.gaps.join(' '));
});

test('a key that nobody takes holds up no other, even with one worker', async (t) => {
  using bench = new Bench({ parallel: 1, firstRetryMs: 60_000, longestRetryMs: 60_000 });
  bench.add('stuck:1', 'a:1', 'b:1');
  await bench.end('stuck', 'again');
  await bench.end('a');
  await bench.end('b');
  bench.add('c:1', 'stuck:2');
  await bench.end('c');
  t.deepEqual(bench.started, ['stuck:1', 'a:1', 'b:1', 'c:1']);
});

test('a delivery that does not end holds up no other key', async (t) => {
  using bench = new Bench({ parallel: 2 });
  bench.add('stuck:1', 'a:1', 'b:1', 'c:1', 'stuck:2');
  for (const key of ['a', 'b', 'c']) await bench.end(key);
  t.deepEqual(bench.open, ['stuck']);
  t.is(bench.started.length, 4);
});

test('deliveries of one key keep their distance, events in between become one', async (t) => {
  using bench = new Bench({ spacingMs: 400 });
  bench.add('a:1');
  await bench.end('a');
  bench.add('a:2', 'b:1', 'a:3');
  await settle();
  t.deepEqual(bench.started, ['a:1', 'b:1']);
  await bench.until(3);
  t.deepEqual(bench.started, ['a:1', 'b:1', 'a:3']);
  t.true((bench.startedAt[2] ?? 0) - (bench.startedAt[0] ?? 0) >= 398);
});

test('after the end nothing is delivered any more', async (t) => {
  const bench = new Bench({ firstRetryMs: 400, longestRetryMs: 400 });
  bench.add('a:1', 'b:1');
  await bench.end('a', 'again');
  bench[Symbol.dispose]();
  bench.add('c:1', 'b:2');
  await bench.end('b');
  await sleep(20);
  t.deepEqual(bench.started, ['a:1', 'b:1']);
});
