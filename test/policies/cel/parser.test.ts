// What the grammar makes of a text. The trees and offsets are those of cel-go v0.29.2 as the API server sets it up.
import test from 'ava';
import type { Expr } from '../../../policies/cel/syntax/ast.ts';
import { parse } from '../../../policies/cel/syntax/parser.ts';
import { allMacros, printParsed } from './print-expr.ts';

const trees: Record<string, string> = {
  // names and selections
  a: 'a',
  '.a': '.a',
  'a.b.c': '(. (. a b) c)',
  '.a.b': '(. .a b)',
  'a . b': '(. a b)',
  'a.for': '(. a for)',
  inx: 'inx',
  'a.`b-c/d.e f`': '(. a b-c/d.e f)',
  'a.?b': '(_?._ a "b")',
  'a. ?`b-c`.d': '(. (_?._ a "b-c") d)',
  '1.e3': '(. 1 e3)',
  'a[b][0]': '(_[_] (_[_] a b) 0)',
  'a[?b]': '(_[?_] a b)',
  '-1.a': '(. -1 a)',
  // calls
  'f()': '(f)',
  '.f(a, b)': '(.f a b)',
  'a.f(b)': '(.f a b)',
  'a.for(b)': '(.for a b)',
  'a.b.c(d)[e].f()': '(.f (_[_] (.c (. a b) d) e))',
  // operators
  'a + b - c': '(_-_ (_+_ a b) c)',
  'a + b * c % d': '(_+_ a (_%_ (_*_ b c) d))',
  'a / (b - c)': '(_/_ a (_-_ b c))',
  'a < b == c': '(_==_ (_<_ a b) c)',
  'a in b in c': '(@in (@in a b) c)',
  'a + b <= c != d >= e > f': '(_>_ (_>=_ (_!=_ (_<=_ (_+_ a b) c) d) e) f)',
  'a ? b : c ? d : e': '(_?_:_ a b (_?_:_ c d e))',
  'a ? (b ? c : d) : e': '(_?_:_ a (_?_:_ b c d) e)',
  'a || b ? c && d : e': '(_?_:_ (_||_ a b) (_&&_ c d) e)',
  'a?.b:c': '(_?_:_ a .b c)',
  'a || b && c == d': '(_||_ a (_&&_ b (_==_ c d)))',
  // chains of && and || become balanced trees
  'a && b': '(_&&_ a b)',
  'a && b && c': '(_&&_ (_&&_ a b) c)',
  'a && b && c && d': '(_&&_ (_&&_ a b) (_&&_ c d))',
  'a || b || c || d || e': '(_||_ (_||_ (_||_ a b) c) (_||_ d e))',
  'a && (b && c) && d': '(_&&_ (_&&_ a (_&&_ b c)) d)',
  // signs
  '!a': '(!_ a)',
  '!!a': 'a',
  '! ! !a.b': '(!_ (. a b))',
  '-a': '(-_ a)',
  '--a': 'a',
  '-1': '-1',
  '- 1': '-1',
  '--1': '1',
  '---1': '(-_ 1)',
  '-(-1)': '(-_ -1)',
  '-1u': '(-_ 1u)',
  '!-1': '(!_ -1)',
  'a-1': '(_-_ a 1)',
  'a - -1': '(_-_ a -1)',
  '1--1': '(_-_ 1 -1)',
  // brackets
  '[]': '[]',
  '[,]': '[]',
  '[a, ?b, c,]': '[a ?b c]',
  '{}': '{}',
  '{,}': '{}',
  '{a: b, ?1: c ? d : e}': '{a:b ?1:(_?_:_ c d e)}',
  'T{}': 'T{}',
  '.a.b.T{f: 1, ?g: 2, `h-i`: 3,}': '.a.b.T{f:1 ?g:2 h-i:3}',
  'for{}': 'for{}',
  '((a))': 'a',
  // blanks and comments
  ' \t\r\n\fa // b\r c': 'a',
  'a // b\n + // c\nd': '(_+_ a d)',
};

for (const [source, tree] of Object.entries(trees)) {
  test(`reads ${JSON.stringify(source)}`, (t) => t.is(printParsed(source), tree));
}

/** Offset and message of the first problem. */
const problems: Record<string, [number, string]> = {
  '': [0, 'Syntax error: found the end, expected an expression'],
  '// a': [4, 'Syntax error: found the end, expected an expression'],
  'a b': [2, "Syntax error: found 'b', expected an operator or the end"],
  '"a" "b"': [4, 'Syntax error: found a string, expected an operator or the end'],
  'a ? b ? c : d : e': [6, "Syntax error: found '?', expected ':'"],
  'a ? b': [5, "Syntax error: found the end, expected ':'"],
  'a.': [2, 'Syntax error: found the end, expected a name'],
  'a.in': [2, "Syntax error: found 'in', expected a name"],
  'a.null': [2, "Syntax error: found 'null', expected a name"],
  'a.1': [1, "Syntax error: found '.1', expected an operator or the end"],
  'a.?b()': [4, "Syntax error: found '(', expected an operator or the end"],
  'a.`b`()': [5, "Syntax error: found '(', expected an operator or the end"],
  '`a`': [0, "Syntax error: found '`a`', expected an expression"],
  'a.b().c{}': [7, "Syntax error: found '{', expected an operator or the end"],
  'f(a,)': [4, "Syntax error: found ')', expected an expression"],
  'f(a': [3, "Syntax error: found the end, expected ')'"],
  'a[]': [2, "Syntax error: found ']', expected an expression"],
  '[a,,]': [3, "Syntax error: found ',', expected an expression"],
  '[,a]': [2, "Syntax error: found 'a', expected ']'"],
  '{a}': [2, "Syntax error: found '}', expected ':'"],
  '-!a': [1, "Syntax error: found '!', expected an expression"],
  '!-a': [1, "Syntax error: found '-', expected an expression"],
  'a = b': [2, 'Syntax error: unexpected character "="'],
  'a & b': [2, 'Syntax error: unexpected character "&"'],
  '😀': [0, 'Syntax error: unexpected character "😀"'],
  'a\u00a0': [1, 'Syntax error: unexpected character "\u00a0"'],
  'a.``': [2, 'Syntax error: unexpected character "`"'],
  for: [0, 'reserved identifier: for'],
  'a + .namespace': [4, 'reserved identifier: namespace'],
  'if(a)': [0, 'reserved identifier: if'],
};

for (const [source, [offset, message]] of Object.entries(problems)) {
  test(`refuses ${JSON.stringify(source)}`, (t) =>
    t.is(printParsed(source), `${offset} ${message}`));
}

test('tells several problems in the order of the text', (t) => {
  const told = [
    '1 invalid int literal',
    '23 reserved identifier: for',
    '28 invalid unicode code point',
    '40 Syntax error: found the end, expected an expression',
  ];
  t.is(printParsed("[99999999999999999999, for, '\\ud800'] + "), told.join('; '));
});

/** Where errors about the whole of an expression point, as the offset of its first character. */
const places: [source: string, mark: string][] = [
  ['a.b + c.d', '+'],
  ['a && b && c', '&& c'],
  ['a ? b : c', '?'],
  ['a.b.c', '.c'],
  ['a.?b', '.'],
  ['a.f(b)', '(b)'],
  ['f(b)', '('],
  ['a[b]', '['],
  ['a.T{}', '{'],
  ['.a', 'a'],
  ['!!!a', '!!!'],
  ['- 1', '-'],
  ['(((a)))', 'a'],
  ["'😀' + a", '+'],
  ['a.all(x, x)', '(x, x)'],
  ['a.optMap(x, x)', '(x, x)'],
];

for (const [source, mark] of places) {
  test(`places ${source} at ${mark}`, (t) => {
    const { start, end } = parse(source, allMacros) as Expr;
    t.is(start, source.indexOf(mark));
    t.true(end > start && end <= source.length);
  });
}
