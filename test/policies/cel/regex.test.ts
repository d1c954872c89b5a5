// Patterns of Go's regexp, which are those of kube-apiserver: which it takes, what they find, and how it refuses others.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { standard } from '../../../policies/cel/lib/standard/standard.ts';
import { regex } from '../../../policies/cel/lib/strings/regex.ts';
import { compileRegex } from '../../../policies/cel/regex/regex.ts';
import { CelError } from '../../../policies/cel/values/values.ts';
import { evaluateCases } from './evaluator-cases.ts';

test('functions with patterns', (t) => {
  evaluateCases(t, './regex.json', [standard, regex]);
});

interface Patterns {
  readonly texts: readonly string[];
  /** What a pattern finds, `+` or `-` for each text, or Go's error. */
  readonly patterns: readonly (readonly [pattern: string, want: string])[];
}

test('takes and refuses what Go does', (t) => {
  const file = new URL('./regex-patterns.json', import.meta.url);
  const { texts, patterns } = JSON.parse(readFileSync(file, 'utf8')) as Patterns;
  for (const [pattern, want] of patterns) {
    const compiled = compileRegex(pattern);
    const have =
      compiled instanceof CelError
        ? compiled.message
        : texts.map((text) => (compiled.test(text) ? '+' : '-')).join('');
    t.is(have, want, pattern);
  }
});

const limits = [
  { what: 'groups within 999 groups', pattern: nested('(', 999), error: undefined },
  {
    what: 'groups within 1000 groups',
    pattern: nested('(', 1000),
    error: 'expression nests too deeply',
  },
  { what: 'groups that are none', pattern: nested('(?:', 2000), error: undefined },
  {
    what: 'many copies of much',
    pattern: `(?:${'a'.repeat(4000)}){1000}`,
    error: 'expression too large',
  },
];

function nested(open: string, depth: number): string {
  return open.repeat(depth) + ')'.repeat(depth);
}

for (const { what, pattern, error } of limits) {
  test(`limits ${what}`, (t) => {
    const compiled = compileRegex(pattern);
    const have = compiled instanceof CelError ? compiled.message : undefined;
    t.is(have, error && `error parsing regexp: ${error}: \`${pattern}\``);
  });
}

test('compiles a pattern once, and remembers that it is bad', (t) => {
  t.is(compileRegex('once+'), compileRegex('once+'));
  t.is(compileRegex('once('), compileRegex('once('));
});

test('refuses a pattern that is no UTF-8', (t) => {
  t.deepEqual(
    compileRegex('a\udcffb'),
    new CelError('error parsing regexp: invalid UTF-8: `\udcffb`'),
  );
});

const searches = [
  { pattern: 'a*', text: 'baaac', first: '', all: ['', 'aaa', ''] },
  { pattern: 'a+?', text: 'baaac', first: 'a', all: ['a', 'a', 'a'] },
  { pattern: '.', text: 'é😀', first: 'é', all: ['é', '😀'] },
  { pattern: '', text: '😀a', first: '', all: ['', '', ''] },
  { pattern: 'a|ab', text: 'ab', first: 'a', all: ['a'] },
  { pattern: '(?i)k', text: 'kK\u212a', first: 'k', all: ['k', 'K', '\u212a'] },
  { pattern: 'z', text: 'ab', first: '', all: [] },
];

for (const { pattern, text, first, all } of searches) {
  test(`finds /${pattern}/ in ${text}`, (t) => {
    const compiled = compileRegex(pattern);
    if (compiled instanceof CelError) return t.fail(compiled.message);
    t.is(compiled.find(text), first);
    t.deepEqual(compiled.findAll(text, -1), all);
    t.deepEqual(compiled.findAll(text, 1), all.slice(0, 1));
    t.deepEqual(compiled.findAll(text, 0), []);
  });
}

test('takes a time that grows with the text only', (t) => {
  const compiled = compileRegex('^(a+)+$');
  if (compiled instanceof CelError) return t.fail(compiled.message);
  t.false(compiled.test(`${'a'.repeat(5000)}!`));
});
