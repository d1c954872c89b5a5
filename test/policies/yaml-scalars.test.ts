// Where a character of a text stands in the file, for every way in which YAML writes texts.
import test from 'ava';
import { documentsOf } from '../helpers/builders.ts';

const rows: { title: string; input: string; find: string; want: string }[] = [
  { title: 'plain', input: 'a: foo bar\n', find: 'bar', want: '1:8' },
  { title: 'in single quotes', input: "a: 'foo bar'\n", find: 'bar', want: '1:9' },
  { title: 'after a doubled quote', input: "a: 'it''s so'\n", find: 'so', want: '1:11' },
  { title: 'a doubled quote', input: "a: 'it''s'\n", find: "'", want: '1:7' },
  { title: 'in double quotes', input: 'a: "foo bar"\n', find: 'bar', want: '1:9' },
  { title: 'after an escape', input: 'a: "x\\n\\u00e9y"\n', find: 'y', want: '1:14' },
  { title: 'an escape', input: 'a: "x\\U0001F600z"\n', find: '\u{1F600}', want: '1:6' },
  { title: 'after a long escape', input: 'a: "x\\U0001F600z"\n', find: 'z', want: '1:16' },
  { title: 'after an escaped quote', input: 'a: "\\"q\\" z"\n', find: 'z', want: '1:11' },
  { title: 'after an escaped line end', input: 'a: "x\\\n   yz"\n', find: 'z', want: '2:5' },
  { title: 'the second line in quotes', input: 'a: "foo\n   bar baz"\n', find: 'baz', want: '2:8' },
  { title: 'the second line, plain', input: 'a: foo\n   bar baz\n', find: 'baz', want: '2:8' },
  { title: 'a literal block', input: 'a: |\n  foo\n  bar baz\n', find: 'baz', want: '3:7' },
  { title: 'its indentation', input: 'a: |\n  foo\n    bar\n', find: ' bar', want: '3:4' },
  { title: 'after an empty line', input: 'a: |\n  foo\n\n  bar\n', find: 'ar', want: '4:4' },
  { title: 'its indentation is told', input: 'a: |2\n    foo\n  bar\n', find: 'foo', want: '2:5' },
  { title: 'the line end', input: 'a: |\n  foo\n  bar\n', find: '\n', want: '2:6' },
  { title: 'a folded block', input: 'a: >-\n  foo\n  bar baz\n', find: 'baz', want: '3:7' },
  { title: 'the space of a fold', input: 'a: >-\n  foo\n  bar\n', find: ' ', want: '2:6' },
  { title: 'the same word again', input: 'a: >-\n  x\n  y x\n', find: 'x', want: '2:3' },
  { title: 'after a comment', input: 'a: | # why\n  foo\n', find: 'oo', want: '2:4' },
  { title: 'Windows line ends', input: 'a: |\r\n  foo\r\n  bar\r\n', find: 'bar', want: '3:3' },
];

for (const { title, input, find, want } of rows) {
  test(title, (t) => {
    const [document] = documentsOf(input);
    const { a = '' } = (document?.value ?? {}) as { a?: string };
    t.true(a.includes(find), JSON.stringify(a));
    const position = document?.positionOf(['a'], a.indexOf(find));
    t.is(`${position?.line}:${position?.column}`, want);
  });
}

test('a text that is written elsewhere: where it is used', (t) => {
  const [document] = documentsOf('x: &t |\n  foo\n  bar\na: *t\n');
  t.is(document?.positionOf(['a'], 5).line, 4);
});

test('what is no text: where it begins', (t) => {
  const [document] = documentsOf('a: [1, 2]\n');
  t.deepEqual(document?.positionOf(['a'], 3), { line: 1, column: 4 });
});

test('past the end: the end', (t) => {
  const [document] = documentsOf('a: |\n  foo\n');
  t.deepEqual(document?.positionOf(['a'], 99), { line: 2, column: 6 });
});
