// What a YAML text says. The scalars are read as kube-apiserver 1.37.2 reads them: each row was put to the library
// it reads YAML with, sigs.k8s.io/yaml 1.6.0.
import test from 'ava';
import { documentsOf } from '../helpers/builders.ts';

const files: { title: string; input: string; want: unknown[] }[] = [
  { title: 'an empty file has no documents', input: '', want: [] },
  { title: 'only comments are no document', input: '# a\n\n  # b\n', want: [] },
  { title: 'only blank lines are no document', input: '\n  \n\n', want: [] },
  { title: 'a lone marker is an empty document', input: '---\n', want: [null] },
  {
    title: 'documents are separated by markers',
    input: 'a: 1\n---\nb: 2\n',
    want: [{ a: 1 }, { b: 2 }],
  },
  { title: 'a marker may come first', input: '---\na: 1\n', want: [{ a: 1 }] },
  { title: 'a document may be ended', input: 'a: 1\n...\n---\nb: 2\n', want: [{ a: 1 }, { b: 2 }] },
  { title: 'a byte order mark is not content', input: '\ufeffa: 1\n', want: [{ a: 1 }] },
  {
    title: 'lines may end as in DOS',
    input: 'a: 1\r\nb:\r\n  - c\r\n',
    want: [{ a: 1, b: ['c'] }],
  },
  {
    title: 'JSON is YAML',
    input: '{"a": [1, "b", null, true]}',
    want: [{ a: [1, 'b', null, true] }],
  },
  { title: 'an alias repeats its anchor', input: 'a: &x [1]\nb: *x\n', want: [{ a: [1], b: [1] }] },
  {
    title: 'a merge key fills in what is not there',
    input: 'base: &x {p: 1, q: 2}\nuse:\n  <<: *x\n  q: 3\n',
    want: [{ base: { p: 1, q: 2 }, use: { p: 1, q: 3 } }],
  },
  {
    title: 'of two merged maps the first wins',
    input: 'a: &a {p: 1}\nb: &b {p: 2, q: 2}\nuse: {<<: [*a, *b]}\n',
    want: [{ a: { p: 1 }, b: { p: 2, q: 2 }, use: { p: 1, q: 2 } }],
  },
  { title: 'a key that is a number becomes text', input: '80: a\n', want: [{ '80': 'a' }] },
  { title: 'a key that is a truth value becomes text', input: 'n: 1\n', want: [{ false: 1 }] },
  { title: 'literal text keeps its lines', input: 'a: |\n  b\n  c\n', want: [{ a: 'b\nc\n' }] },
  { title: 'folded text joins them', input: 'a: >-\n  b\n  c\n', want: [{ a: 'b c' }] },
  {
    title: 'an anchor is its own document’s',
    input: 'a: &x 1\n---\na: &x 2\nb: *x\n',
    want: [{ a: 1 }, { a: 2, b: 2 }],
  },
];

for (const { title, input, want } of files) {
  test(`documents: ${title}`, (t) => {
    t.deepEqual(
      documentsOf(input).map(({ value }) => value),
      want,
    );
  });
}

const scalars: { title: string; input: string[]; want: unknown }[] = [
  {
    title: 'words of YAML 1.1 are true',
    input: ['y', 'Y', 'true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'],
    want: true,
  },
  {
    title: 'words of YAML 1.1 are false',
    input: ['n', 'N', 'false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF'],
    want: false,
  },
  { title: 'a tag makes a truth value', input: ['!!bool yes'], want: true },
  { title: 'nothing is null', input: ['', '~', 'null', 'Null', 'NULL'], want: null },
  { title: 'decimals', input: ['17', '+17', '1_7', '17_', '1__7', '+_17'], want: 17 },
  { title: 'thousands', input: ['1_000', '1e_3'], want: 1_000 },
  { title: 'other bases', input: ['0x11', '0X11', '0b10001', '0B1_0001', '021'], want: 17 },
  { title: 'hexadecimal', input: ['0x1F', '0X1f', '0x_1F', '+0x1F'], want: 31 },
  { title: 'binary', input: ['0b11', '0B11', '0b_11'], want: 3 },
  { title: 'old octal', input: ['0777', '0_777'], want: 511 },
  { title: 'a new octal', input: ['0o21', '0O21', '0o_21'], want: 17 },
  { title: 'a zero before a digit that is not octal', input: ['09', '009', '09.'], want: 9 },
  { title: 'negative', input: ['-0x11', '-17', '-021', '-0b10001', '-0o21'], want: -17 },
  { title: 'fractions', input: ['0.5', '.5', '+.5', '5.0e-1'], want: 0.5 },
  { title: 'exponents need no sign', input: ['1e3', '1E3', '1.0e3', '1e+3'], want: 1_000 },
  { title: 'a tag makes a number', input: ['!!int "3"', '3'], want: 3 },
];

for (const { title, input, want } of scalars) {
  test(`scalars: ${title}`, (t) => {
    for (const text of input) t.deepEqual(scalar(text), want, text);
  });
}

const texts: { title: string; input: string[] }[] = [
  { title: 'words in odd case', input: ['yEs', 'tRUE', 'nULL', 'oN', 'TrUe', 'oFF'] },
  { title: 'a single letter that is no truth value', input: ['t', 'f', 'T', 'F', 'o'] },
  { title: 'digits of another base', input: ['0o8', '0b12', '0xg', '0x', '0b', '0o', '1e', '1f'] },
  { title: 'no digit at all', input: ['.', '._', '_', '+', '+.', '.e1'] },
  { title: 'an underscore before the first digit', input: ['_1', '_1_000', '_.5'] },
  // JSON has no such numbers: the API server would be sent null, which means absent.
  { title: 'a number beyond all bounds', input: ['1E400', '7e677', '-1e999'] },
  { title: 'infinity and no number', input: ['.inf', '-.inf', '+.Inf', '.NaN'] },
  { title: 'dates', input: ['2024-01-01', '2024-01-01T00:00:00Z', '2024-01-01 00:00:00'] },
  {
    title: 'clock times and port pairs are not counted in sixties',
    input: ['1:30', '22:22', '190:20:30', '-1:30', '1:30.5'],
  },
  { title: 'quantities', input: ['100m', '128Mi', '1Gi', '0.5Ki'] },
  { title: 'versions and addresses', input: ['1.2.3', '0.0.0.0/0', '::1', 'nginx:1.27', '1,000'] },
  { title: 'a hash within a word', input: ['x#y'] },
  { title: 'merge mark and equals sign as values', input: ['<<', '='] },
];

for (const { title, input } of texts) {
  test(`text: ${title}`, (t) => {
    for (const text of input) t.is(scalar(text), text);
  });
}

test('text: quotes and tags keep anything a text', (t) => {
  for (const text of ['yes', '1', '~', '2024-01-01', '1e3', 'null', '']) {
    t.deepEqual([scalar(`"${text}"`), scalar(`'${text}'`)], [text, text]);
    t.is(scalar(`!!str ${text}`), text);
  }
});

function scalar(text: string): unknown {
  const [document] = documentsOf(`a: ${text}\n`);
  return (document?.value as { a: unknown } | undefined)?.a;
}
