// The lines around a finding, with carets below what it is about.
import test from 'ava';
import { codeFrame } from '../../policies/code-frame.ts';

const rows: { title: string; text: string; at: [number, number]; length?: number; want: string }[] =
  [
    {
      title: 'two lines before, numbers to the right',
      text: `${'a\n'.repeat(9)}tenth line\n`,
      at: [10, 7],
      length: 4,
      want: '   8 | a\n   9 | a\n> 10 | tenth line\n     |       ^^^^',
    },
    { title: 'the first line', text: 'ab', at: [1, 2], want: '> 1 | ab\n    |  ^' },
    {
      title: 'what goes past the end of the line is left out',
      text: 'abc\ndef\n',
      at: [1, 2],
      length: 30,
      want: '> 1 | abc\n    |  ^^',
    },
    { title: 'the end of a line', text: 'ab\n', at: [1, 3], want: '> 1 | ab\n    |   ^' },
    {
      title: 'carets stand below tabs, too',
      text: '\tx: y\n',
      at: [1, 5],
      want: '> 1 | \tx: y\n    | \t   ^',
    },
    {
      title: 'an escape sequence does not reach the terminal',
      text: 'a\u001b[31mb',
      at: [1, 1],
      want: '> 1 | a\uFFFD[31mb\n    | ^',
    },
    {
      title: 'Windows line ends',
      text: 'a\r\nbc\r\n',
      at: [2, 2],
      want: '  1 | a\n> 2 | bc\n    |  ^',
    },
    { title: 'a line that is not there', text: 'a', at: [3, 1], want: '  1 | a\n> 3 |\n    | ^' },
  ];

for (const { title, text, at, length, want } of rows) {
  test(title, (t) => {
    const [line, column] = at;
    t.is(codeFrame(text, { line, column }, length), want);
  });
}

test('a long line is cut, and the mark stays in sight', (t) => {
  const frame = codeFrame('x'.repeat(500), { line: 1, column: 400 }, 3);
  const [shown = '', carets = ''] = frame.split('\n');
  t.is(shown.length, 6 + 160);
  t.is(carets.length, shown.indexOf('x') + 120 + 3);
});
