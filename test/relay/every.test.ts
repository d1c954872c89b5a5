import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { every } from '../../functions/relay/every.ts';

async function startsOf(everyMs: number, rounds: readonly number[]): Promise<number[]> {
  const end = new AbortController();
  const starts: number[] = [];
  const begin = performance.now();
  const work = async () => {
    const takesMs = rounds[starts.length] ?? 0;
    starts.push(performance.now() - begin);
    if (starts.length === rounds.length) end.abort();
    await sleep(takesMs);
  };
  await every(everyMs, work, end.signal);
  return starts;
}

test('work that takes its time is begun as often as work that takes none', async (t) => {
  const starts = await startsOf(200, Array(10).fill(150));
  // From end to start the last of ten would begin after 3.35 s.
  const last = starts.at(-1) ?? 0;
  t.true(last >= 1_990 && last < 2_900, String(last));
});

test('rounds that were missed are not made up for', async (t) => {
  const [, second = 0, third = 0] = await startsOf(200, [700, 0, 0]);
  t.true(second >= 890, 'one at a time');
  t.true(third - second >= 190, String(third - second));
});

test('it ends with the signal, in the middle of a wait', async (t) => {
  const end = new AbortController();
  setTimeout(() => end.abort(), 50);
  const begin = performance.now();
  await every(60_000, () => Promise.reject(new Error('never')), end.signal);
  t.true(performance.now() - begin < 10_000);
});
