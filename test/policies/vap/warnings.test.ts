// Which warnings of one answer reach the client.
import test from 'ava';
import { shownWarnings } from '../../../policies/vap/warnings.ts';

const long = (length: number, mark = 'x') => mark.padEnd(length, 'y');

const rows: { title: string; given: readonly string[]; want: readonly string[] }[] = [
  { title: 'all of them', given: ['a', 'b'], want: ['a', 'b'] },
  { title: 'each once', given: ['a', 'b', 'a'], want: ['a', 'b'] },
  { title: 'none with control characters', given: ['a\tb', 'a\u0085', 'c'], want: ['c'] },
  { title: 'none that are empty', given: ['', 'c'], want: ['c'] },
  { title: 'as long as there is room', given: [long(4096)], want: [long(4096)] },
  { title: 'cut short where there is none', given: [long(4097)], want: [long(256)] },
  {
    title: 'all are cut where one is too many',
    given: [long(300, 'a'), long(4000, 'b'), 'c'],
    want: [long(256, 'a'), long(256, 'b'), 'c'],
  },
  { title: 'by characters', given: ['ä'.repeat(4097)], want: ['ä'.repeat(256)] },
];

for (const { title, given, want } of rows) {
  test(title, (t) => t.deepEqual(shownWarnings(given), [...want]));
}

test('the last ones are left out where cutting is not enough', (t) => {
  const given = Array.from({ length: 40 }, (_, index) => long(300, `${index} `));
  const shown = shownWarnings(given);
  t.is(shown.length, 16);
  t.deepEqual(
    shown,
    given.slice(0, 16).map((each) => each.slice(0, 256)),
  );
});
