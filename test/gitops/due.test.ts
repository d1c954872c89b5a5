import test from 'ava';
import { durationMs, isDue } from '../../gitops/due.ts';
import { NOW } from '../helpers/builders.ts';

const uids = Array.from({ length: 1_000 }, (_, i) => {
  const hex = (i * 2_654_435_761).toString(16).padStart(12, '0').slice(0, 12);
  return `0f1e2d3c-4b5a-4678-89ab-${hex}`;
});

const paces: { title: string; intervalMs: number; tickMs: number }[] = [
  { title: '30 min in ticks of 1 min', intervalMs: 1_800_000, tickMs: 60_000 },
  { title: '5 min in ticks of 1 min', intervalMs: 300_000, tickMs: 60_000 },
  { title: '10 s in ticks of 1 s', intervalMs: 10_000, tickMs: 1_000 },
  { title: 'an interval of one tick', intervalMs: 60_000, tickMs: 60_000 },
  { title: 'an interval that no ticks fill', intervalMs: 90_000, tickMs: 60_000 },
  { title: 'a day in ticks of 1 min', intervalMs: 86_400_000, tickMs: 60_000 },
];

for (const { title, intervalMs, tickMs } of paces) {
  test(`due: once an interval, in ticks one after the other: ${title}`, (t) => {
    const intervals = 4;
    const ticks = (intervals * intervalMs) / tickMs;
    for (const uid of uids.slice(0, 50)) {
      let due = 0;
      for (let i = 0; i < ticks; i++) {
        if (isDue(uid, intervalMs, { now: NOW + i * tickMs, tickMs })) due++;
      }
      t.is(due, intervals, uid);
    }
  });
}

test('due: an interval shorter than a tick is due at each', (t) => {
  for (const uid of uids) {
    t.true(isDue(uid, 10_000, { now: NOW, tickMs: 60_000 }));
  }
});

test('due: a moment belongs to one of two ticks that meet', (t) => {
  for (const uid of uids.slice(0, 20)) {
    const due = Array.from({ length: 300 }, (_, i) => isDue(uid, 300, { now: NOW + i, tickMs: 1 }));
    t.is(due.filter(Boolean).length, 1);
  }
});

test('due: objects are spread over the interval', (t) => {
  const perTick = Array.from(
    { length: 30 },
    (_, i) =>
      uids.filter((uid) => isDue(uid, 1_800_000, { now: NOW + i * 60_000, tickMs: 60_000 })).length,
  );
  t.is(
    perTick.reduce((sum, n) => sum + n, 0),
    uids.length,
  );
  t.true(Math.max(...perTick) < (3 * uids.length) / 30, perTick.join(' '));
});

test('due: the moments of an object do not move', (t) => {
  const [uid = ''] = uids;
  const at = (now: number) => isDue(uid, 300_000, { now, tickMs: 60_000 });
  for (let i = 0; i < 10; i++) t.is(at(NOW + i * 60_000), at(NOW + i * 60_000 + 300_000 * 1_000));
});

const durations: [text: string, ms: number][] = [
  ['10s', 10_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['1h1m1s', 3_661_000],
  ['90s', 90_000],
];

for (const [text, ms] of durations) {
  test(`duration: ${text}`, (t) => {
    t.is(durationMs(text), ms);
  });
}
