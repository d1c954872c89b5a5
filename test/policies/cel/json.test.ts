import test from 'ava';
import { Double, fromJson, parseJson } from '../../../policies/cel/values/json.ts';
import { CelMap, type Value } from '../../../policies/cel/values/values.ts';

const read = (text: string): Value => fromJson(parseJson(text));

const values: [string, Value][] = [
  ['null', null],
  ['true', true],
  ['"a"', 'a'],
  ['1', 1n],
  ['-0', 0n],
  ['1.0', 1],
  ['-0.0', -0],
  ['1e3', 1000],
  ['1.5', 1.5],
  ['9007199254740993', 9007199254740993n],
  ['9223372036854775807', 9223372036854775807n],
  ['-9223372036854775808', -9223372036854775808n],
  ['9223372036854775808', 2 ** 63],
  ['100000000000000000000', 1e20],
  ['"\\ud800x"', '\ufffdx'],
  ['[1, 1.0, [null]]', [1n, 1, [null]]],
];

test('numbers are integers unless they are written as doubles or too large', (t) => {
  for (const [text, want] of values) t.deepEqual(read(text), want, text);
});

test('numbers are told apart wherever they stand', (t) => {
  for (const [text, want] of values) {
    t.deepEqual(read(`[${text}]`), [want], text);
    t.deepEqual(read(`[0 ,\n${text}]`), [0n, want], text);
    t.deepEqual((read(`{"a":${text}}`) as CelMap).get('a'), want, text);
    t.deepEqual((read(`{"b": ":1", "a" :\t${text}}`) as CelMap).get('a'), want, text);
  }
});

test('objects become maps with any keys', (t) => {
  const map = read('{"__proto__": 1, "constructor": {"a": 1.0}, "1": "x", "\\ud800": 2}');
  t.true(map instanceof CelMap);
  const entries = [...(map as CelMap)].map(([key, value]) => [key, value]);
  t.deepEqual(
    entries.filter(([key]) => key !== 'constructor'),
    [
      ['1', 'x'],
      ['__proto__', 1n],
      ['\ufffd', 2n],
    ],
  );
  t.is(((map as CelMap).get('constructor') as CelMap).get('a'), 1);
});

test('a field that is undefined is left out', (t) => {
  t.deepEqual([...(fromJson({ a: undefined, b: null }) as CelMap).keys()], ['b']);
});

test('numbers keep their kind without a text', (t) => {
  t.is(fromJson(3), 3n);
  t.is(fromJson(2.5), 2.5);
  t.is(fromJson(new Double(3)), 3);
  t.is(fromJson(2n ** 53n + 1n), 2n ** 53n + 1n);
});

test('a Double is written as a number', (t) => {
  t.is(JSON.stringify(parseJson('{"a": [1.0, 2.5]}')), '{"a":[1,2.5]}');
});

test('what JSON has not', (t) => {
  t.throws(() => parseJson('1e999'), { instanceOf: SyntaxError });
  t.throws(() => parseJson('{'), { instanceOf: SyntaxError });
  t.throws(() => fromJson(() => 1), { instanceOf: TypeError });
});
