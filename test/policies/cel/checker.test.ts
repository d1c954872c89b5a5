// What the checker infers and refuses. The rows were put to the API server's own compiler, k8s.io/apiserver 0.37.2 with
// cel-go 0.29.2; some of them were drawn at random.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { type Checked, check } from '../../../policies/cel/check/checker.ts';
import type { Environment } from '../../../policies/cel/environment.ts';
import { admissionEnvironment } from '../../../policies/cel/kubernetes-environment.ts';
import { variableTypes } from '../../../policies/cel/kubernetes-types.ts';
import { parse } from '../../../policies/cel/syntax/parser.ts';
import { formatType, type Type } from '../../../policies/cel/types/types.ts';
import { TypeValue } from '../../../policies/cel/values/values.ts';

const environment = admissionEnvironment({ params: true, authorizer: true, mode: 'stored' });

function checked(source: string, within: Environment = environment): Checked {
  const expr = parse(source, within.macros);
  if (Array.isArray(expr)) throw new Error(`${source}: ${expr[0]?.message}`);
  return check(expr, within);
}

/** Returns the problems with their columns, counted from 1, as cel-go sorts them. */
function problemsOf(source: string, within: Environment = environment): string[] {
  return checked(source, within)
    .problems.toSorted((a, b) => a.at.start - b.at.start)
    .map(({ at, message }) => `${at.start + 1}: ${message}`);
}

function read<T>(file: string): Record<string, T> {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

test('infers the type of an expression', (t) => {
  for (const [source, want] of Object.entries(read<string>('checked-types.json'))) {
    const { problems, outputType } = checked(source);
    t.deepEqual([problems[0]?.message, formatType(outputType)], [undefined, want], source);
  }
});

test('says what is wrong, and where', (t) => {
  for (const [source, want] of Object.entries(read<string[]>('check-problems.json'))) {
    t.deepEqual(problemsOf(source), want, source);
  }
});

test('refuses an element that may be missing but is dyn, on which the API server panics', (t) => {
  const message = "expected type 'optional_type(dyn)' but found 'dyn'";
  t.deepEqual(problemsOf('[?object.x, 2]'), [`9: ${message}`]);
  t.deepEqual(problemsOf("{?'a': object.x}"), [`14: ${message}`]);
  t.deepEqual(problemsOf("'%s'.format([?object.x])"), []);
});

const fieldProblems = [
  {
    source: "google.protobuf.Duration{seconds: 'a'}",
    want: "expected type of field 'seconds' is 'int' but provided type is 'string'",
  },
  { source: 'google.protobuf.Value{foo: 1}', want: "undefined field 'foo'" },
  {
    source: 'null_type{a: 1}',
    want: "unexpected failed resolution of 'google.protobuf.NullValue'",
  },
  {
    source: 'kubernetes.Namespace{metadata: kubernetes.NamespaceMetadata{name: 1}}',
    want: "expected type of field 'name' is 'string' but provided type is 'int'",
  },
];

for (const { source, want } of fieldProblems) {
  test(`checks the fields of ${source}`, (t) => {
    t.deepEqual(
      checked(source).problems.map(({ message }) => message),
      [want],
    );
  });
}

/** Variables of a policy in their order, with the types they have where they are used. */
const variables: [name: string, source: string, want: string][] = [
  ['count', '1', 'int'],
  ['text', "'a'", 'string'],
  ['nothing', 'null', 'null_type'],
  ['since', "duration('1s')", 'google.protobuf.Duration'],
  ['any', 'object.x', 'dyn'],
  ['list', '[[1]]', 'list(list(int))'],
  ['map', "{'a': [1]}", 'map(string, list(int))'],
  ['optional', 'optional.of(1)', 'dyn'],
  ['optionals', '[optional.of(1)]', 'list(dyn)'],
  ['quantity', "quantity('1')", 'dyn'],
  ['request', 'request', 'dyn'],
  ['type', 'type(1)', 'dyn'],
  ['wrapper', 'google.protobuf.Int64Value{value: 1}', 'dyn'],
  ['broken', 'nope', 'dyn'],
  ['sum', 'variables.count + 1', 'int'],
  ['__proto__', '1', 'int'],
];

test('gives the variables of a policy their types', (t) => {
  const types = new Map<string, Type | undefined>();
  for (const [name, source] of variables) {
    const within = environment.extend({ objectTypes: variableTypes(types) });
    const { problems, outputType } = checked(source, within);
    types.set(name, problems.length ? undefined : outputType);
  }
  const within = environment.extend({ objectTypes: variableTypes(types) });
  for (const [name, , want] of variables) {
    t.is(formatType(checked(`variables.${name}`, within).outputType), want, name);
  }
  t.deepEqual(problemsOf('variables.later', within), ["10: undefined field 'later'"]);
  t.deepEqual(problemsOf('variables.constructor', within), ["10: undefined field 'constructor'"]);
  t.deepEqual(problemsOf('variables.count'), ["10: undefined field 'count'"]);
});

function referenceOf(source: string) {
  const { references } = checked(source);
  return [...references.values()].at(-1);
}

test('resolves names', (t) => {
  t.deepEqual(referenceOf('object'), { kind: 'ident', name: 'object' });
  t.deepEqual(referenceOf('.object'), { kind: 'ident', name: 'object' });
  t.deepEqual(referenceOf('authorizer.requestResource'), {
    kind: 'ident',
    name: 'authorizer.requestResource',
  });
  const names = [...checked('[1].map(object, .object.a)').references.values()].map((reference) =>
    reference.kind === 'ident' ? reference.name : undefined,
  );
  t.true(names.includes('.object'));
});

test('gives names of types and members of enums as constants', (t) => {
  const int = referenceOf('int');
  t.deepEqual(
    int?.kind === 'ident' && int.constant instanceof TypeValue && int.constant.type.kind,
    'int',
  );
  t.deepEqual(referenceOf('google.protobuf.NullValue.NULL_VALUE'), {
    kind: 'ident',
    name: 'google.protobuf.NullValue.NULL_VALUE',
    constant: 0n,
  });
  t.deepEqual(referenceOf('kubernetes.Namespace'), {
    kind: 'ident',
    name: 'kubernetes.Namespace',
  });
});

const calls: [source: string, overloads: string[]][] = [
  ['1 + 2', ['add_int64']],
  ['1 + object', ['add_int64']],
  ['object == 1', ['equals']],
  ["dyn('a').size()", ['bytes_size', 'list_size', 'map_size', 'string_size']],
  ["dyn('a').indexOf('b')", ['string_index_of_string', 'list_a_index_of_int']],
  ["ip.isCanonical('1.1.1.1')", ['ip_is_canonical']],
  ["[1].exists(ip, ip.isCanonical('1'))", []],
  ['object.?a', ['select_optional_field']],
  ['true && false', ['logical_and']],
];

for (const [source, want] of calls) {
  test(`finds the overloads of ${source}`, (t) => {
    const reference = referenceOf(source);
    const found = reference?.kind === 'overloads' ? reference.overloads.map(({ id }) => id) : [];
    t.deepEqual(found, want);
  });
}
