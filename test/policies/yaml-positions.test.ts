// Where a value stands: line and column, counted from 1, of its first character, which may be a quote.
import test from 'ava';
import { compareProblems, formatProblem } from '../../policies/problem.ts';
import { type Path, positionsIn } from '../../policies/yaml-positions.ts';
import { documentsOf } from '../helpers/builders.ts';

const NESTED = 'a:\n  - b\n  - - c\n    - d\n  - e: 1\n    f: [x, {y: z}]\n';
const SHARED = 'base: &x {k: v}\nuse: *x\nm:\n  <<: *x\n  n: 1\n';

const rows: { title: string; input: string; at?: number; path: Path; want: string }[] = [
  { title: 'a plain value', input: 'a: 1\n', path: ['a'], want: '1:4' },
  { title: 'the document itself', input: '# c\n\na: 1\n', path: [], want: '3:1' },
  { title: 'a value below', input: 'a:\n  b:\n    c: 1\n', path: ['a', 'b', 'c'], want: '3:8' },
  { title: 'a map is where its first key is', input: 'a:\n  b: 1\n', path: ['a'], want: '2:3' },
  { title: 'a double-quoted value', input: 'a: "x"\n', path: ['a'], want: '1:4' },
  { title: 'a single-quoted value', input: "a: 'x'\n", path: ['a'], want: '1:4' },
  { title: 'an empty text in quotes', input: 'b: 1\na: ""\n', path: ['a'], want: '2:4' },
  { title: 'a quoted item', input: 'a: [ "x", \'y\']\n', path: ['a', 1], want: '1:11' },
  { title: 'an anchored value in quotes', input: 'a: &x "y"\n', path: ['a'], want: '1:7' },
  { title: 'an empty value: its quoted key', input: 'b: 1\n"a":\n', path: ['a'], want: '2:1' },
  { title: 'a quoted key', input: '"a b": 1\n', path: ['a b'], want: '1:8' },
  { title: 'a key with an escape', input: '"q\\u0061": 4\n', path: ['qa'], want: '1:12' },
  {
    title: 'a key with a slash and one with a tilde',
    input: 'a/b: {c~d: 1}\n',
    path: ['a/b', 'c~d'],
    want: '1:12',
  },
  {
    title: 'keys that are no path of each other',
    input: 'a: {b: 1}\na/b: 2\n',
    path: ['a/b'],
    want: '2:6',
  },
  { title: 'a list is where its first dash is', input: NESTED, path: ['a'], want: '2:3' },
  { title: 'an item', input: NESTED, path: ['a', 0], want: '2:5' },
  { title: 'an item, its index as text', input: NESTED, path: ['a', '0'], want: '2:5' },
  { title: 'a list in a list', input: NESTED, path: ['a', 1], want: '3:5' },
  { title: 'an item of a list in a list', input: NESTED, path: ['a', 1, 1], want: '4:7' },
  { title: 'an item after a list', input: NESTED, path: ['a', 2, 'e'], want: '5:8' },
  { title: 'a map in a flow list', input: NESTED, path: ['a', 2, 'f', 1, 'y'], want: '6:16' },
  { title: 'a missing key: its map', input: NESTED, path: ['a', 2, 'g', 'h'], want: '5:5' },
  { title: 'a missing item: its list', input: NESTED, path: ['a', 9], want: '2:3' },
  { title: 'nothing of the path: the document', input: NESTED, path: ['x', 'y'], want: '1:1' },
  { title: 'a path through a scalar: the scalar', input: 'a: 1\n', path: ['a', 'b'], want: '1:4' },
  { title: 'an empty value: its key', input: 'b: 1\na:\n', path: ['a'], want: '2:1' },
  { title: 'an empty value before others', input: 'a:\nb: 1\n', path: ['b'], want: '2:4' },
  {
    title: 'the second document',
    input: 'a: 1\n---\n\nb:\n  c: 2\n',
    at: 1,
    path: ['b', 'c'],
    want: '5:6',
  },
  {
    title: 'the start of the second document',
    input: 'a: 1\n---\n\nb: 2\n',
    at: 1,
    path: ['x'],
    want: '4:1',
  },
  {
    title: 'a document after an empty one',
    input: '---\n---\na: 1\n',
    at: 1,
    path: ['a'],
    want: '3:4',
  },
  { title: 'an anchored value', input: SHARED, path: ['base', 'k'], want: '1:14' },
  { title: 'an alias: where it is used', input: SHARED, path: ['use'], want: '2:7' },
  { title: 'below an alias: where it is used', input: SHARED, path: ['use', 'k'], want: '2:7' },
  {
    title: 'a merged key: the map it was merged into',
    input: SHARED,
    path: ['m', 'k'],
    want: '4:3',
  },
  { title: 'a key beside a merge', input: SHARED, path: ['m', 'n'], want: '5:6' },
  { title: 'a tagged value', input: 'a: !!str 5\n', path: ['a'], want: '1:10' },
  { title: 'literal text: its first line', input: 'a: |\n  b\n', path: ['a'], want: '2:1' },
  { title: 'an explicit key', input: '? a\n: 1\n', path: ['a'], want: '2:3' },
  { title: 'a key that is a number', input: '80: x\n', path: [80], want: '1:5' },
  {
    title: 'columns count as editors do',
    input: 'd: {e: "😀é", f: 1}\n',
    path: ['d', 'f'],
    want: '1:18',
  },
  {
    title: 'lines that end as in DOS',
    input: 'a: 1\r\nb:\r\n  c: 2\r\n',
    path: ['b', 'c'],
    want: '3:6',
  },
  {
    title: 'names of the prototype',
    input: '__proto__:\n  x: 1\n',
    path: ['__proto__', 'x'],
    want: '2:6',
  },
  {
    title: 'a name of the prototype that is missing',
    input: 'a: 1\n',
    path: ['constructor', 'name'],
    want: '1:1',
  },
];

for (const { title, input, at = 0, path, want } of rows) {
  test(`position: ${title}`, (t) => {
    const position = documentsOf(input)[at]?.positionOf(path);
    t.is(`${position?.line}:${position?.column}`, want);
  });
}

const TEXT = 'ab\n\nc\r\n😀\nno end';

test('positionsIn: each offset is in the line it was counted into', (t) => {
  const positionAt = positionsIn(TEXT);
  const want = { line: 1, column: 1 };
  for (let offset = 0; offset <= TEXT.length; offset++) {
    t.deepEqual(positionAt(offset), want, `offset ${offset}`);
    want.column++;
    if (TEXT[offset] === '\n') Object.assign(want, { line: want.line + 1, column: 1 });
  }
});

test('positionsIn: offsets may come in any order, and an empty text has one', (t) => {
  const positionAt = positionsIn(TEXT);
  t.deepEqual([4, 0, 3, 4].map(positionAt), [
    { line: 3, column: 1 },
    { line: 1, column: 1 },
    { line: 2, column: 1 },
    { line: 3, column: 1 },
  ]);
  t.deepEqual(positionsIn('')(0), { line: 1, column: 1 });
});

test('positionsIn: the text is gone through once, however many offsets are asked for', (t) => {
  const text = 'ab\n'.repeat(8_000);
  let looks = 0;
  const watched = new Proxy<object>(Object(text), {
    get(of, name) {
      looks++;
      const value: unknown = Reflect.get(of, name);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  }) as unknown as string;
  const positionAt = positionsIn(watched);
  const before = looks;
  t.true(before < 3 * 8_000, `${before} looks`);
  for (let offset = 0; offset < text.length; offset++) positionAt(offset);
  t.is(looks, before);
  t.deepEqual(positionAt(text.length - 1), { line: 8_000, column: 3 });
});

test('problems are told as path:line:column and sorted as a reader goes', (t) => {
  const problem = (path: string, line: number, column: number) => ({
    path,
    line,
    column,
    message: 'no',
  });
  const sorted = [problem('b', 1, 1), problem('a', 10, 2), problem('a', 9, 9), problem('a', 10, 1)]
    .sort(compareProblems)
    .map(formatProblem);
  t.deepEqual(sorted, ['a:9:9: no', 'a:10:1: no', 'a:10:2: no', 'b:1:1: no']);
});
