import test from 'ava';
import { createAlikeLines } from '../../functions/alike-lines.ts';
import { eventually } from '../cluster/eventually.ts';

/** Longer than the lines of a test take to come, and shorter than a test. */
const QUIET_MS = 1_000;

function open(kinds = 2) {
  const written: object[] = [];
  const tell = createAlikeLines({ quietMs: QUIET_MS, kinds }, (line) => written.push(line));
  return { written, tell };
}

test('the first is written at once, and the last of those after it at the end of the time', async (t) => {
  const { written, tell } = open();
  for (const n of [1, 2, 3]) tell('a', { n });
  tell('b', { n: 1 });
  const first = [
    { n: 1, count: 1 },
    { n: 1, count: 1 },
  ];
  t.deepEqual(written, first);
  await eventually('the rest is written', () => written.length > 2);
  t.deepEqual(written, [...first, { n: 3, count: 2 }]);
});

test('what goes on is written once in each time, and counted whole', async (t) => {
  const { written, tell } = open();
  let told = 0;
  const goingOn = setInterval(() => tell('a', { n: ++told }), 50);
  await eventually('a third line', () => written.length >= 3);
  clearInterval(goingOn);
  const end = told;
  await eventually('the last', () => sumOf(written) === end);
  t.deepEqual(written.at(-1), { n: end, count: (written.at(-1) as { count: number }).count });
});

test('what has been over for a time is written at once again', async (t) => {
  const { written, tell } = open();
  tell('a', { n: 1 });
  await eventually('the time is over', () => {
    tell('b', {});
    return written.length > 2;
  });
  tell('a', { n: 2 });
  t.deepEqual(written.at(-1), { n: 2, count: 1 });
});

test('kinds beyond the bound are one', async (t) => {
  const { written, tell } = open(2);
  for (let n = 1; n <= 10; n++) tell(`kind-${n}`, { n });
  t.deepEqual(written, [
    { n: 1, count: 1 },
    { n: 2, count: 1 },
    { n: 3, count: 1 },
  ]);
  await eventually('the rest is written', () => written.length > 3);
  t.deepEqual(written.at(-1), { n: 10, count: 7 });
});

function sumOf(lines: readonly object[]): number {
  return (lines as { count: number }[]).reduce((sum, { count }) => sum + count, 0);
}
