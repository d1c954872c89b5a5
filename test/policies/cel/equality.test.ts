// Equality and order across types, as kube-apiserver's evaluator has them.
import test from 'ava';
import { DYN, INT, listOf, STRING, type Type } from '../../../policies/cel/types/types.ts';
import { equal, equals } from '../../../policies/cel/values/equality.ts';
import { compare } from '../../../policies/cel/values/order.ts';
import { compareStrings } from '../../../policies/cel/values/text.ts';
import {
  Bytes,
  CelError,
  CelMap,
  Duration,
  Opaque,
  Optional,
  Struct,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from '../../../policies/cel/values/values.ts';

class Version extends Opaque {
  readonly type: Type;
  readonly #major: number;

  constructor(major: number, name = 'kubernetes.Semver') {
    super();
    this.type = { kind: 'opaque', name, parameters: [] };
    this.#major = major;
  }

  override equals(other: Opaque): boolean {
    return other instanceof Version && this.#major === other.#major;
  }
}

class Fields extends Struct {
  readonly type: Type = { kind: 'object', name: 'kubernetes.variables' };
  get(): undefined {}
  has(): boolean {
    return false;
  }
}

const u = (value: bigint): Uint => new Uint(value);
const bytes = (...data: number[]): Bytes => new Bytes(Uint8Array.from(data));
const map = (...entries: [string | bigint | Uint, Value][]): CelMap => CelMap.of(entries);
const some = (value: Value): Optional => new Optional(value);
const fields = new Fields();

const equalPairs: [string, Value, Value][] = [
  ['ints', 1n, 1n],
  ['int and uint', 1n, u(1n)],
  ['int and double', 1n, 1],
  ['uint and double', u(2n), 2],
  ['zeros of both signs', 0, -0],
  ['an int and its nearest double', 2n ** 53n + 1n, 2 ** 53],
  ['the largest int and 2^63', 2n ** 63n - 1n, 2 ** 63],
  ['lists across types', [1n, [u(2n)]], [1, [2n]]],
  ['maps in any order', map(['a', 1n], ['b', 2n]), map(['b', 2], ['a', u(1n)])],
  ['maps with keys across types', map([1n, 'x']), map([u(1n), 'x'])],
  ['nulls', null, null],
  ['bytes', bytes(1, 2), bytes(1, 2)],
  ['durations', new Duration(5n), new Duration(5n)],
  ['timestamps with different offsets', new Timestamp(5n), new Timestamp(5n, 3600)],
  ['types without their parameters', new TypeValue(listOf(INT)), new TypeValue(listOf(DYN))],
  ['optionals', some(1n), some(1)],
  ['none', Optional.none, new Optional(undefined)],
  ['optionals of null', some(null), some(null)],
  ['values of a library', new Version(1), new Version(1)],
  ['one object', fields, fields],
  ['lists of what cannot be compared', [new Version(1)], [1n]],
];

const differentPairs: [string, Value, Value][] = [
  ['NaN', NaN, NaN],
  ['lists of NaN', [NaN], [NaN]],
  ['int and string', 1n, '1'],
  ['int and bool', 1n, true],
  ['a negative int and a uint', -1n, u(2n ** 64n - 1n)],
  ['null and zero', null, 0n],
  ['false and null', false, null],
  ['lists of different length', [1n], [1n, 2n]],
  ['list and map', [], map()],
  ['maps with other keys', map(['a', 1n]), map(['b', 1n])],
  ['maps of different size', map(['a', 1n]), map()],
  ['a key that is there and one that is null', map(['a', null]), map(['b', null])],
  ['bytes and string', bytes(97), 'a'],
  ['bytes and longer bytes', bytes(1), bytes(1, 2)],
  ['duration and timestamp', new Duration(5n), new Timestamp(5n)],
  ['types', new TypeValue(INT), new TypeValue(STRING)],
  ['some and none', some(null), Optional.none],
  ['optional and its value', some(1n), 1n],
  ['values of a library', new Version(1), new Version(2)],
  ['null and a value of a library', null, new Version(1)],
  ['a value and an object', 1n, fields],
];

test('equal values', (t) => {
  for (const [title, a, b] of equalPairs) t.true(equal(a, b), title);
});

test('different values', (t) => {
  for (const [title, a, b] of differentPairs) {
    t.is(equals(a, b), false, title);
    t.false(equal(a, b), title);
  }
});

test('what cannot be compared is an error and not equal', (t) => {
  const pairs: [Value, Value][] = [
    [new Version(1), 1n],
    [new Version(1), new Version(1, 'kubernetes.Quantity')],
    [fields, 1n],
    [some(new Version(1)), some(1n)],
  ];
  for (const [a, b] of pairs) {
    t.deepEqual(equals(a, b), new CelError('no such overload'));
    t.false(equal(a, b));
  }
});

const ascending: [string, Value, Value][] = [
  ['bools', false, true],
  ['ints', -1n, 0n],
  ['int and uint', -1n, u(0n)],
  ['int and large uint', 2n ** 63n - 1n, u(2n ** 63n)],
  ['int and double', 1n, 1.5],
  ['double and uint', -0.5, u(0n)],
  ['int and infinity', 2n ** 63n - 1n, Infinity],
  ['strings', 'a', 'b'],
  ['a prefix', 'a', 'aa'],
  ['strings by code point', '\ufffd', '\u{1f600}'],
  ['bytes are unsigned', bytes(1), bytes(255)],
  ['a prefix of bytes', bytes(1), bytes(1, 0)],
  ['durations', new Duration(-1n), new Duration(0n)],
  ['timestamps', new Timestamp(0n, 3600), new Timestamp(1n)],
];

test('order', (t) => {
  for (const [title, a, b] of ascending) {
    t.deepEqual([compare(a, b), compare(b, a), compare(a, a)], [-1, 1, 0], title);
  }
});

test('numbers compare with the double nearest to an integer', (t) => {
  t.is(compare(2n ** 53n + 1n, 2 ** 53), 0);
  t.is(compare(2 ** 63, 2n ** 63n - 1n), 0);
});

test('values without order', (t) => {
  const told = (a: Value, b: Value): unknown => (compare(a, b) as CelError).message;
  for (const [a, b] of [
    [1n, 'a'],
    [null, null],
    [[1n], [1n]],
    ['a', NaN],
  ] as [Value, Value][]) {
    t.is(told(a, b), 'no such overload');
  }
  for (const [a, b] of [
    [NaN, 1n],
    [1n, NaN],
    [NaN, 'a'],
    [NaN, NaN],
  ] as [Value, Value][]) {
    t.is(told(a, b), 'NaN values cannot be ordered');
  }
});

test('surrogates order behind all other characters', (t) => {
  const sorted = [
    '',
    'a',
    'a\u{10000}',
    'a\u{10001}',
    'b',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '\u{10000}',
  ];
  t.deepEqual([...sorted].reverse().sort(compareStrings), sorted);
});
