import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { every } from '../../functions/relay/every.ts';

interface Round {
  readonly start: number;
  readonly tookMs: number;
}

async function roundsOf(everyMs: number, takes: readonly number[]): Promise<Round[]> {
  const end = new AbortController();
  const rounds: Round[] = [];
  const work = async () => {
    const start = performance.now();
    await sleep(takes[rounds.length] ?? 0);
    rounds.push({ start, tookMs: performance.now() - start });
    if (rounds.length === takes.length) end.abort();
  };
  await every(everyMs, work, end.signal);
  return rounds;
}

test('work that takes its time is begun as often as work that takes none', async (t) => {
  const rounds = await roundsOf(200, Array(10).fill(150));
  const gaps = rounds.slice(1).map(({ start }, i) => start - (rounds[i]?.start ?? 0));
  // From end to start each gap would be the pace and what the work took; a busy machine has some that are, but not all.
  t.true(
    gaps.some((gap, i) => gap < 200 + (rounds[i]?.tookMs ?? 0)),
    gaps.join(),
  );
  t.true(Math.max(...gaps) >= 190, gaps.join());
});

test('rounds that were missed are not made up for', async (t) => {
  const [first, second, third] = await roundsOf(200, [700, 0, 0]);
  const end = (first?.start ?? 0) + (first?.tookMs ?? 0);
  t.true((second?.start ?? 0) >= end, 'one at a time');
  // The second may be late, and the third is none the later for that.
  // A timer's milliseconds are whole, and so are those of the clock it goes by: it may be early by less than two.
  t.true((third?.start ?? 0) - end >= 198, 'at the pace');
});

test('it ends with the signal, in the middle of a wait', async (t) => {
  const end = new AbortController();
  setTimeout(() => end.abort(), 50);
  const begin = performance.now();
  await every(60_000, () => Promise.reject(new Error('never')), end.signal);
  t.true(performance.now() - begin < 10_000);
});
