// Texts that are no YAML, or none that a repository should hold: one located problem, soon, and no harm done.
import test from 'ava';
import { MAX_NODES, parseYaml } from '../../policies/yaml.ts';
import { documentsOf, told } from '../helpers/builders.ts';

const broken: { title: string; input: string; want: [string, RegExp] }[] = [
  { title: 'a key given twice', input: 'a: 1\nb:\n  c: 1\n  c: 2\n', want: ['4:3', /duplicated/] },
  {
    title: 'a key given twice, once in quotes',
    input: 'a: 1\n"a": 2\n',
    want: ['2:2', /duplicated/],
  },
  {
    title: '__proto__ given twice',
    input: '__proto__: 1\n__proto__: 2\n',
    want: ['2:1', /duplicated/],
  },
  { title: 'a list that does not end', input: 'a: [1, 2', want: ['1:9', /end of the stream/] },
  { title: 'a text that does not end', input: "a: 'b\nc", want: ['2:1', /deficient indentation/] },
  { title: 'a tab for indentation', input: 'a:\n\tb: 1\n', want: ['2:1', /tab/] },
  {
    title: 'an indentation that fits nowhere',
    input: 'a:\n    b: 1\n  c: 2\n',
    want: ['3:3', /indentation/],
  },
  { title: 'two values in one line', input: 'a: b: c\n', want: ['1:5', /indentation/] },
  { title: 'an alias of nothing', input: 'a: 1\nb: *x\n', want: ['2:5', /"x"/] },
  { title: 'an alias of another document', input: 'a: &x 1\n---\nb: *x\n', want: ['3:5', /"x"/] },
  { title: 'a tag of somebody’s own', input: 'a: !env HOME\n', want: ['1:4', /!env|env/] },
  { title: 'a tag of a language', input: 'a: !!js/function "x"\n', want: ['1:4', /js\/function/] },
  { title: 'a merge of what is no map', input: 'a: 1\n<<: 1\n', want: ['2:1', /merge/] },
  { title: 'a list as a key', input: 'a: 1\n? [b]\n: 1\n', want: ['1:1', /complex keys/] },
  { title: 'a NUL', input: 'a: "\u0000"\n', want: ['1:5', /null byte/] },
  { title: 'a reserved sign at the start', input: 'a: 1\nb: @c\n', want: ['2:4', /./] },
  { title: 'nesting without end', input: '['.repeat(100_000), want: ['1:64', /maxDepth/] },
  { title: 'deep block nesting', input: depth(70), want: ['64:127', /maxDepth/] },
  {
    title: 'one wrong document among good ones',
    input: 'a: 1\n---\nb: [\n',
    want: ['4:1', /deficient indentation/],
  },
];

for (const { title, input, want } of broken) {
  test(`broken: ${title}`, (t) => {
    const file = parseYaml(input, 'apps/f.yaml');
    if (file.kind !== 'broken') return t.fail('it was read');
    const [position, message] = want;
    t.is(file.problem.path, 'apps/f.yaml');
    t.is(`${file.problem.line}:${file.problem.column}`, position);
    t.regex(file.problem.message, /^not valid YAML: /);
    t.regex(file.problem.message, message);
  });
}

test('nesting of a sensible depth is read', (t) => {
  t.is(documentsOf(depth(60)).length, 1);
});

const MIB = 1_048_576;
const bombs: { title: string; input: string }[] = [
  { title: 'billion laughs', input: laughs() },
  { title: 'aliases of one list, many times', input: manyAliases() },
  { title: 'half a million items', input: `a: [${'1,'.repeat(500_000)}]` },
  { title: 'more lines than values allowed', input: '- 1\n'.repeat(MAX_NODES + 1) },
  { title: 'merges of merges', input: merges() },
];

for (const { title, input } of bombs) {
  test(`bomb: ${title}`, (t) => {
    t.true(input.length <= MIB);
    const start = performance.now();
    const file = parseYaml(input, 'f.yaml');
    if (file.kind !== 'broken') return t.fail('it was read');
    t.regex(told(file.problem), /stands for more than 100000 values|merge/);
    t.true(performance.now() - start < 10_000);
  });
}

test('as many values as allowed are read', (t) => {
  t.is(parseYaml('- 1\n'.repeat(MAX_NODES - 1), 'f.yaml').kind, 'documents');
});

test('names of the prototype are keys like any other and leave Object.prototype alone', (t) => {
  const names = Object.getOwnPropertyNames(Object.prototype);
  const input = [
    '__proto__: {polluted: 1}',
    'constructor: {prototype: {polluted: 1}}',
    'm: &m {__proto__: {polluted: 1}}',
    'o: {<<: *m}',
    'toString: x',
  ].join('\n');
  const value = documentsOf(input)[0]?.value as Record<string, unknown>;
  t.deepEqual(Object.keys(value), ['__proto__', 'constructor', 'm', 'o', 'toString']);
  for (const object of [{}, value, value.m, value.o]) {
    t.is((object as { polluted?: number }).polluted, undefined);
    t.is(Object.getPrototypeOf(object), Object.prototype);
  }
  t.deepEqual(Object.getOwnPropertyNames(Object.prototype), names);
});

function depth(levels: number): string {
  return Array.from({ length: levels }, (_, i) => `${'  '.repeat(i)}a:\n`).join('');
}

function laughs(): string {
  const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 9; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1},`.repeat(10)}]`);
  return lines.join('\n');
}

function manyAliases(): string {
  return `a: &a [${'x,'.repeat(1_000)}]\nb: [${'*a,'.repeat(1_000)}]\n`;
}

function merges(): string {
  const lines = [`a0: &a0 {${Array.from({ length: 2_000 }, (_, i) => `k${i}: 1`).join(', ')}}`];
  for (let i = 1; i < 200; i++) lines.push(`a${i}: {<<: *a0}`);
  return lines.join('\n');
}
