// From the text of an expression to a program, and what a program is given.
import test from 'ava';
import {
  type CompileProblem,
  compile,
  compileParsed,
  type Program,
} from '../../../policies/cel/compile.ts';
import type { Environment } from '../../../policies/cel/environment.ts';
import { admissionEnvironment } from '../../../policies/cel/kubernetes-environment.ts';
import { parse } from '../../../policies/cel/syntax/parser.ts';
import { formatType, objectOf, STRING, type Type } from '../../../policies/cel/types/types.ts';
import { fromJson } from '../../../policies/cel/values/json.ts';
import { CelError, Struct, type Value } from '../../../policies/cel/values/values.ts';

const base = admissionEnvironment({ params: true, authorizer: false, mode: 'stored' });

function program(source: string, environment: Environment = base): Program {
  const compiled = compile(source, environment);
  if (Array.isArray(compiled)) throw new Error(compiled[0]?.message);
  return compiled;
}

function problems(source: string): CompileProblem[] {
  const compiled = compile(source, base);
  if (!Array.isArray(compiled)) throw new Error(`${source} compiles`);
  return compiled;
}

const types: [source: string, type: string][] = [
  ['object.spec.replicas <= 3', 'bool'],
  ['object.spec.enabled', 'dyn'],
  ["['a'].map(x, size(x))", 'list(int)'],
  ['object.?a', 'optional_type(dyn)'],
  ['has(object.a) ? 1 : 2', 'int'],
];

for (const [source, type] of types) {
  test(`${source} has the type ${type}`, (t) => {
    t.is(formatType(program(source).outputType), type);
    t.is(program(source).source, source);
  });
}

const faulty: [source: string, message: RegExp, at: [number, number]][] = [
  ['object.', /Syntax error/, [7, 7]],
  ["'a' + 1", /found no matching overload for '_\+_' applied to '\(string, int\)'/, [4, 5]],
  ['unknown', /undeclared reference to 'unknown'/, [0, 7]],
  ["object.s.matches('(')", /invalid matches argument/, [17, 20]],
];

for (const [source, message, [start, end]] of faulty) {
  test(`${source} does not compile`, (t) => {
    const [problem] = problems(source);
    t.regex(problem?.message ?? '', message);
    t.deepEqual([problem?.at.start, problem?.at.end], [start, end]);
    t.is(problem?.standsAlone, undefined);
  });
}

test('what only fails when the program is made stands alone', (t) => {
  const message = "program instantiation failed: type conversion error from 'string' to 'int'";
  t.deepEqual(problems("int('') == 1 || true"), [
    { at: { start: 0, end: 20 }, message, standsAlone: true, outputType: { kind: 'bool' } },
  ]);
});

test('several problems are all told', (t) => {
  t.deepEqual(
    problems('a && b').map(({ at }) => at.start),
    [0, 5],
  );
});

test('an expression that was parsed already is compiled as it is', (t) => {
  const expr = parse('object.a', base.macros);
  if (Array.isArray(expr)) throw new Error('the expression is well-formed');
  const compiled = compileParsed(expr, 'object.a', base);
  const object = fromJson({ a: 'b' });
  t.is((compiled as Program).evaluate(() => object).value, 'b');
});

test('a variable that is not given is an error, one that is null is not', (t) => {
  const { evaluate } = program('object == null');
  t.true(evaluate(() => null).value);
  const { value } = evaluate(() => undefined);
  t.is((value as CelError).message, 'no such attribute(s): object');
});

test('only variables that are needed are asked for', (t) => {
  const asked: string[] = [];
  program('object == 1 || params == 2').evaluate((name) => {
    asked.push(name);
    return 1n;
  });
  t.deepEqual(asked, ['object']);
});

/** Composed variables that note which of them are computed. */
class Variables extends Struct {
  readonly type: Type = objectOf('kubernetes.variables');
  readonly computed: string[] = [];

  get(field: string): Value | undefined {
    this.computed.push(field);
    return field === 'bad' ? new CelError('composited variable "bad" fails') : `value of ${field}`;
  }

  has(): boolean {
    return true;
  }
}

const composed = base.extend({
  objectTypes: { 'kubernetes.variables': { a: STRING, b: STRING, bad: STRING } },
});

const uses: [source: string, value: Value, computed: string[]][] = [
  ['variables.a', 'value of a', ['a']],
  ["variables.a == 'x' && variables.b == 'y'", false, ['a']],
  ['has(variables.b)', true, ['b']],
  ["variables.bad == '' || variables.a.startsWith('value')", true, ['bad', 'a']],
];

for (const [source, value, computed] of uses) {
  test(`${source} computes ${computed.join(' and ')}`, (t) => {
    const variables = new Variables();
    t.deepEqual(program(source, composed).evaluate(() => variables).value, value);
    t.deepEqual(variables.computed, computed);
  });
}

test('the error of a variable is that of the expression', (t) => {
  const { value, cost } = program('variables.bad', composed).evaluate(() => new Variables());
  t.is((value as CelError).message, 'composited variable "bad" fails');
  t.is(cost, 2);
});

test('an evaluation knows nothing of another one within it', (t) => {
  const outer = program('[1, 2].map(x, object + x)');
  const inner = program('[5, 6].map(x, x)[0]');
  const { value } = outer.evaluate(() => inner.evaluate(() => null).value);
  t.deepEqual(value, [6n, 7n]);
});

const hostile: [what: string, source: string][] = [
  ['open brackets', '['.repeat(50_000)],
  ['negations', `${'!'.repeat(90_000)}true`],
  ['terms', Array(8_000).fill('object').join(' && ')],
  ['additions', Array(40_000).fill('1').join('+')],
  ['selections', `object${'.a'.repeat(40_000)}`],
  ['loops', `${'[1].all(x, '.repeat(2_000)}true${')'.repeat(2_000)}`],
  ['quotes', "'".repeat(99_999)],
  ['no text', ''],
  ['too much text', '1'.repeat(200_000)],
];

for (const [what, source] of hostile) {
  test(`compiles or refuses ${what}, and throws nothing`, (t) => {
    t.notThrows(() => {
      const compiled = compile(source, base);
      if (!Array.isArray(compiled)) compiled.evaluate(() => true);
    });
  });
}
