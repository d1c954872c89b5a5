import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { AGAIN, Bench, DONE, settle } from '../helpers/delivery-bench.ts';

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
  for (let attempt = 1; attempt <= 5; attempt++) await bench.endNext(attempt, AGAIN);
  await bench.endNext(6, DONE);
  await sleep(20);
  t.deepEqual(bench.started, Array(6).fill('a:1'));
});

test('while an item waits to be tried again a newer one takes its place', async (t) => {
  using bench = new Bench({ firstRetryMs: 10_000, longestRetryMs: 10_000 });
  bench.add('a:1');
  await bench.end('a', AGAIN);
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
  await bench.end('a', AGAIN);
  await bench.until(2);
  await bench.end('a');
  await sleep(20);
  t.deepEqual(bench.started, ['a:1', 'a:2']);
});

test('a retry waits twice as long each time, up to a limit', async (t) => {
  using bench = new Bench({ firstRetryMs: 20, longestRetryMs: 60 });
  bench.add('a:1');
  for (let attempt = 1; attempt <= 12; attempt++) await bench.endNext(attempt, AGAIN);
  await bench.until(13);
  const { gaps } = bench;
  for (const [i, ms] of [20, 40, 60, 60].entries())
    t.true((gaps[i] ?? 0) >= ms - 2, gaps.join(' '));
  // Without a limit it would be 40960 ms.
  t.true((gaps[11] ?? Number.NaN) < 20_000, gaps.join(' '));
});

test('a retry comes no sooner than the receiver asks, and at the latest after a limit', async (t) => {
  using bench = new Bench({ longestAskedMs: 1_000 });
  bench.add('a:1');
  await bench.end('a', { kind: 'again', afterMs: 400 });
  await bench.until(2);
  bench.add('b:1');
  await bench.end('b', { kind: 'again', afterMs: 3_600_000 });
  await bench.until(4);
  const [asked = 0, , limit = 0] = bench.gaps;
  t.true(asked >= 398 && limit >= 998, bench.gaps.join(' '));
});

test('after a success retries begin anew', async (t) => {
  using bench = new Bench({ firstRetryMs: 1, longestRetryMs: 60_000 });
  bench.add('a:1');
  for (let attempt = 1; attempt <= 13; attempt++) await bench.endNext(attempt, AGAIN);
  await bench.endNext(14, DONE);
  bench.add('a:2');
  await bench.endNext(15, AGAIN);
  await bench.until(16);
  // As a fourteenth failure in a row it would be 8192 ms.
  t.true((bench.gaps[14] ?? Number.NaN) < 8_000, bench.gaps.join(' '));
});

test('a key that nobody takes holds up no other, even with one worker', async (t) => {
  using bench = new Bench({ parallel: 1, firstRetryMs: 60_000, longestRetryMs: 60_000 });
  bench.add('stuck:1', 'a:1', 'b:1');
  await bench.end('stuck', AGAIN);
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
  using bench = new Bench({ spacingMs: 5_000 });
  bench.add('a:1');
  await bench.end('a');
  bench.add('a:2', 'b:1', 'a:3');
  await settle();
  t.deepEqual(bench.started, ['a:1', 'b:1']);
  await bench.until(3);
  t.deepEqual(bench.started, ['a:1', 'b:1', 'a:3']);
  t.true((bench.startedAt[2] ?? 0) - (bench.startedAt[0] ?? 0) >= 4_998);
});

test('after the end nothing is delivered any more', async (t) => {
  const bench = new Bench({ firstRetryMs: 60_000, longestRetryMs: 60_000 });
  bench.add('a:1', 'b:1');
  await bench.end('a', AGAIN);
  bench[Symbol.dispose]();
  bench.add('c:1', 'b:2');
  await bench.end('b');
  await sleep(20);
  t.deepEqual(bench.started, ['a:1', 'b:1']);
});

test('items of several slots of a key are delivered one after the other, in order of arrival', async (t) => {
  using bench = new Bench({ parallel: 1 });
  bench.add('b:1', 'a/x:1', 'a/y:1', 'a/x:2', 'a/z:1');
  await bench.end('b');
  for (const _ of 'xyz') await bench.end('a');
  t.deepEqual(bench.started, ['b:1', 'a/x:2', 'a/y:1', 'a/z:1']);
  t.is(bench.most, 1);
});

test('what comes during a round is the next one: the newest of each slot', async (t) => {
  using bench = new Bench();
  bench.add('a/x:1', 'a/x:2', 'a/y:1', 'a/y:2');
  for (const _ of 'xxy') await bench.end('a');
  t.deepEqual(bench.started, ['a/x:1', 'a/x:2', 'a/y:2']);
  t.deepEqual(bench.open, []);
});

test('of a round only what was not taken is tried again, unless a newer one came', async (t) => {
  using bench = new Bench({ parallel: 1 });
  bench.add('b:1', 'a/w:1', 'a/x:1', 'a/y:1', 'a/z:1');
  await bench.end('b');
  await bench.end('a', AGAIN);
  await bench.end('a');
  bench.add('a/y:2');
  await bench.end('a', AGAIN);
  await bench.end('a');
  for (const count of [6, 7]) await bench.endNext(count, DONE);
  await sleep(20);
  t.deepEqual(bench.started.slice(5).sort(), ['a/w:1', 'a/y:2']);
});

test('after the end the rest of a round is not delivered either', async (t) => {
  const bench = new Bench({ parallel: 1 });
  bench.add('b:1', 'a/x:1', 'a/y:1');
  await bench.end('b');
  bench[Symbol.dispose]();
  await bench.end('a');
  t.deepEqual(bench.started, ['b:1', 'a/x:1']);
});
