import test from 'ava';
import { prunesTooMany } from '../../gitops/sync/prune-guard.ts';

interface Row {
  readonly title: string;
  readonly count?: number;
  readonly percent?: number;
  readonly going: number;
  readonly total: number;
  /** Named by files; all that do not go where this is left out, and one more, so that something always stays. */
  readonly wanted?: number;
  readonly isHeld: boolean;
}

const rows: Row[] = [
  { title: 'nothing', going: 0, total: 0, isHeld: false },
  { title: 'all of few, for others', going: 5, total: 5, isHeld: false },
  { title: 'all of few, for nothing', going: 1, total: 1, wanted: 0, isHeld: true },
  { title: 'the rest, for nothing', going: 1, total: 9, wanted: 0, isHeld: true },
  { title: 'none, where nothing is wanted', going: 0, total: 9, wanted: 0, isHeld: false },
  {
    title: 'all for nothing, with percent 100',
    percent: 100,
    going: 9,
    total: 9,
    wanted: 0,
    isHeld: false,
  },
  { title: 'one more than the count, and all', going: 6, total: 6, isHeld: true },
  { title: 'many, but just the share', going: 50, total: 100, isHeld: false },
  { title: 'many, and one more than the share', going: 51, total: 100, isHeld: true },
  { title: 'less than one in a hundred above the share', going: 501, total: 1_001, isHeld: true },
  { title: 'all, with percent 100', percent: 100, going: 900, total: 900, isHeld: false },
  { title: 'one, with nothing allowed', count: 0, percent: 0, going: 1, total: 900, isHeld: true },
  { title: 'none, with nothing allowed', count: 0, percent: 0, going: 0, total: 9, isHeld: false },
  { title: 'more than the share of few', percent: 0, going: 5, total: 900, isHeld: false },
  { title: 'more than the count of many', count: 0, going: 9, total: 900, isHeld: false },
];

for (const { title, count = 5, percent = 50, isHeld, ...extent } of rows) {
  const { going, total, wanted = total - going + 1 } = extent;
  test(`a prune of ${title}: ${isHeld ? 'held' : 'goes on'}`, (t) => {
    const names = Array.from({ length: going }, (_, i) => `w${i}`);
    const error = prunesTooMany({ count, percent }, names, { total, wanted });
    t.is(error?.reason, isHeld ? 'PruneHeld' : undefined);
  });
}

test('the message names how many of how many, some of them in order, and the field that consents', (t) => {
  const { message = '' } =
    prunesTooMany({ count: 1, percent: 10 }, ['b', 'a'], { total: 4, wanted: 2 }) ?? {};
  t.is(
    message,
    'no file names 2 of 4 WebApps any more (a, b), which spec.pruneLimit (count 1, percent 10) holds: none of them is deleted. Put the files back, or raise spec.pruneLimit; percent 100 lets all go',
  );
});
