// Text that is nested too deep or too long is refused where the API server refuses it, and never overflows the stack.
import test from 'ava';
import type { Expr } from '../../../policies/cel/syntax/ast.ts';
import { parse } from '../../../policies/cel/syntax/parser.ts';
import { allMacros, printParsed } from './print-expr.ts';

const DEEP = 'expression recursion limit exceeded: 250';
const HIGH = 'max recursion depth exceeded';

/** Texts that may be repeated so many times, but not once more. */
const limits: { title: string; most: number; text: (n: number) => string; message: string }[] = [
  { title: 'parentheses', most: 249, text: around('(', '1', ')'), message: DEEP },
  { title: 'lists', most: 249, text: around('[', '1', ']'), message: DEEP },
  { title: 'values of maps', most: 249, text: around('{1:', '1', '}'), message: DEEP },
  { title: 'fields of messages', most: 249, text: around('T{a:', '1', '}'), message: DEEP },
  { title: 'calls', most: 249, text: around('int(', '1', ')'), message: DEEP },
  { title: 'indices', most: 249, text: around('a[', '0', ']'), message: DEEP },
  { title: 'conditionals', most: 249, text: around('a?1:', '1', ''), message: DEEP },
  { title: 'negations in parentheses', most: 249, text: around('!(', 'a', ')'), message: DEEP },
  { title: 'loops in loops', most: 249, text: around('a.all(x,', 'x', ')'), message: DEEP },
  { title: 'sums in parentheses', most: 124, text: around('(1+', '1', ')'), message: DEEP },
  { title: 'products in sums', most: 83, text: around('(1+1*', '1', ')'), message: DEEP },
  { title: 'relations in parentheses', most: 124, text: around('(a==', 'a', ')'), message: DEEP },
  { title: 'a sum', most: 250, text: around('', '1', '+1'), message: HIGH },
  { title: 'relations in a row', most: 250, text: around('', 'a', '==a'), message: HIGH },
  { title: 'selections', most: 250, text: around('', 'a', '.a'), message: HIGH },
  { title: 'optional selections', most: 250, text: around('', 'a', '.?a'), message: HIGH },
  { title: 'indices in a row', most: 250, text: around('', 'a', '[0]'), message: HIGH },
  { title: 'methods in a row', most: 250, text: around('', 'a', '.f()'), message: HIGH },
  {
    title: 'has() of selections',
    most: 250,
    text: (n) => `has(a${'.a'.repeat(n)})`,
    message: HIGH,
  },
];

function around(before: string, middle: string, after: string): (n: number) => string {
  return (n) => before.repeat(n) + middle + after.repeat(n);
}

for (const { title, most, text, message } of limits) {
  test(`allows ${most} ${title}`, (t) => {
    t.false(Array.isArray(parse(text(most), allMacros)));
    const refused = parse(text(most + 1), allMacros);
    t.deepEqual(Array.isArray(refused) && refused.map((each) => each.message), [message]);
  });
}

const endless = ['(', '[', '{1:', 'a(', 'a[', 'a?1:', '!(', '-(', 'a.b(', '1+(', 'T{a:', 'a==(1+'];

for (const text of endless) {
  test(`refuses ${text} without end`, (t) => {
    const source = text.repeat(100_000 / text.length);
    t.regex(printParsed(source), /^\d+ expression recursion limit exceeded: 250$/);
  });
}

test('allows long chains that are not deep', (t) => {
  const parsed = [`a${'||a'.repeat(33_000)}`, `${'!'.repeat(99_998)}a`, `[${'1,'.repeat(49_000)}]`];
  for (const source of parsed) t.false(Array.isArray(parse(source, allMacros)));
});

test('counts the length in code points', (t) => {
  const text = (n: number) => `'${'😀'.repeat(n - 2)}'`;
  t.is((parse(text(100_000), allMacros) as Expr).kind, 'literal');
  t.is(
    printParsed(text(100_001)),
    '0 expression code point size exceeds limit: size: 100001, limit 100000',
  );
});

test('allows optMap() in a row, but not until memory ends', (t) => {
  const chain = (n: number) => `a${'.optMap(x, x)'.repeat(n)}`;
  t.false(Array.isArray(parse(chain(10), allMacros)));
  t.regex(printParsed(chain(200)), /macros make the expression too large/);
});
