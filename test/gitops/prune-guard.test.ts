import test from 'ava';
import { prunesTooMany } from '../../gitops/sync/prune-guard.ts';

interface Row {
  readonly title: string;
  readonly count?: number;
  readonly percent?: number;
  readonly going: number;
  readonly total: number;
  readonly isHeld: boolean;
}

const rows: Row[] = [
  { title: 'nothing', going: 0, total: 0, isHeld: false },
  { title: 'all of few', going: 5, total: 5, isHeld: false },
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

for (const { title, count = 5, percent = 50, going, total, isHeld } of rows) {
  test(`a prune of ${title}: ${isHeld ? 'held' : 'goes on'}`, (t) => {
    const names = Array.from({ length: going }, (_, i) => `w${i}`);
    const error = prunesTooMany({ count, percent }, names, total);
    t.is(error?.reason, isHeld ? 'PruneHeld' : undefined);
  });
}

test('the message names how many of how many, some of them in order, and the field that consents', (t) => {
  const { message = '' } = prunesTooMany({ count: 1, percent: 10 }, ['b', 'a'], 4) ?? {};
  t.is(
    message,
    'no file names 2 of 4 WebApps any more (a, b), which spec.pruneLimit (count 1, percent 10) holds: none of them is deleted. Put the files back, or raise spec.pruneLimit; percent 100 lets all go',
  );
});
