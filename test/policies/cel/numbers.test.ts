// Numbers as cel-go computes, reads and writes them; each row was put to kube-apiserver's evaluator.
import test from 'ava';
import { formatDouble, formatFixed } from '../../../policies/cel/values/format-double.ts';
import {
  parseBool,
  parseDouble,
  parseInt64,
  parseUint64,
} from '../../../policies/cel/values/number-syntax.ts';
import {
  addInt,
  addUint,
  divideInt,
  divideUint,
  doubleToInt,
  doubleToUint,
  MAX_INT,
  MAX_UINT,
  MIN_INT,
  moduloInt,
  moduloUint,
  multiplyInt,
  multiplyUint,
  negateInt,
  subtractInt,
  subtractUint,
} from '../../../policies/cel/values/numbers.ts';
import { CelError, Uint, type Value } from '../../../policies/cel/values/values.ts';

const u = (value: bigint): Uint => new Uint(value);
const told = (value: Value): Value => (value instanceof CelError ? value.message : value);

const OVERFLOW = 'integer overflow';
const arithmetic: [string, Value, Value][] = [
  ['max + 1', addInt(MAX_INT, 1n), OVERFLOW],
  ['max + -1', addInt(MAX_INT, -1n), MAX_INT - 1n],
  ['min + -1', addInt(MIN_INT, -1n), OVERFLOW],
  ['min - 1', subtractInt(MIN_INT, 1n), OVERFLOW],
  ['0 - min', subtractInt(0n, MIN_INT), OVERFLOW],
  ['-1 - min', subtractInt(-1n, MIN_INT), MAX_INT],
  ['max * 2', multiplyInt(MAX_INT, 2n), OVERFLOW],
  ['min * -1', multiplyInt(MIN_INT, -1n), OVERFLOW],
  ['-(min)', negateInt(MIN_INT), OVERFLOW],
  ['-(max)', negateInt(MAX_INT), -MAX_INT],
  ['-7 / 2', divideInt(-7n, 2n), -3n],
  ['7 / -2', divideInt(7n, -2n), -3n],
  ['1 / 0', divideInt(1n, 0n), 'division by zero'],
  ['min / -1', divideInt(MIN_INT, -1n), OVERFLOW],
  ['-7 % 2', moduloInt(-7n, 2n), -1n],
  ['7 % -2', moduloInt(7n, -2n), 1n],
  ['1 % 0', moduloInt(1n, 0n), 'modulus by zero'],
  ['min % -1', moduloInt(MIN_INT, -1n), OVERFLOW],
  ['max + 1u', addUint(u(MAX_UINT), u(1n)), 'unsigned integer overflow'],
  ['0u - 1u', subtractUint(u(0n), u(1n)), 'unsigned integer overflow'],
  ['max * 2u', multiplyUint(u(MAX_UINT), u(2n)), 'unsigned integer overflow'],
  ['7u / 2u', divideUint(u(7n), u(2n)), u(3n)],
  ['1u / 0u', divideUint(u(1n), u(0n)), 'division by zero'],
  ['7u % 2u', moduloUint(u(7n), u(2n)), u(1n)],
  ['1u % 0u', moduloUint(u(1n), u(0n)), 'modulus by zero'],
  ['int(-1.9)', doubleToInt(-1.9), -1n],
  ['int(2^63 - 1024)', doubleToInt(2 ** 63 - 1024), 9223372036854774784n],
  ['int(2^63)', doubleToInt(2 ** 63), OVERFLOW],
  ['int(-2^63)', doubleToInt(-(2 ** 63)), OVERFLOW],
  ['int(NaN)', doubleToInt(NaN), OVERFLOW],
  ['uint(1.9)', doubleToUint(1.9), u(1n)],
  ['uint(-0.0)', doubleToUint(-0), u(0n)],
  ['uint(-0.5)', doubleToUint(-0.5), 'unsigned integer overflow'],
  ['uint(2^64)', doubleToUint(2 ** 64), 'unsigned integer overflow'],
  ['uint(NaN)', doubleToUint(NaN), 'unsigned integer overflow'],
];

test('integers fail rather than wrap, and divisions round towards zero', (t) => {
  for (const [title, have, want] of arithmetic) t.deepEqual(told(have), want, title);
});

const doubles: [number, string][] = [
  [0, '0'],
  [-0, '-0'],
  [1.5, '1.5'],
  [100000.5, '100000.5'],
  [999999, '999999'],
  [1e6, '1e+06'],
  [1234567.5, '1.2345675e+06'],
  [123456789, '1.23456789e+08'],
  [1e20, '1e+20'],
  [1e300, '1e+300'],
  [1e-4, '0.0001'],
  [1.25e-5, '1.25e-05'],
  [5e-324, '5e-324'],
  [3.0000000000000004, '3.0000000000000004'],
  [NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
];

test('doubles are written as %g', (t) => {
  for (const [value, want] of doubles) t.is(formatDouble(value), want);
});

const fixed: [number, string][] = [
  [0, '0'],
  [3723.5, '3723.5'],
  [-1e-9, '-0.000000001'],
  [9223372036.854776, '9223372036.854776'],
  [1e21, `1${'0'.repeat(21)}`],
  [1.5e-7, '0.00000015'],
];

test('doubles without exponent have all their digits', (t) => {
  for (const [value, want] of fixed) t.is(formatFixed(value), want);
});

const readDoubles: [string, number | undefined][] = [
  ['5.', 5],
  ['.5', 0.5],
  ['+1E-2', 0.01],
  ['1_000.5', 1000.5],
  ['1e1_0', 1e10],
  ['1__0', undefined],
  ['_1', undefined],
  ['1_', undefined],
  ['1._0', undefined],
  ['1e', undefined],
  ['.', undefined],
  ['', undefined],
  [' 1', undefined],
  ['1e308', 1e308],
  ['1e309', undefined],
  ['1e-400', 0],
  ['0x1p-2', 0.25],
  ['0x_1_0p4', 256],
  ['-0X1.8P1', -3],
  ['0x.8p1', 1],
  ['0x1', undefined],
  ['0x.p1', undefined],
  ['0x1p1024', undefined],
  ['0x1p-1074', 5e-324],
  ['inf', Infinity],
  ['-INFINITY', -Infinity],
  ['infin', undefined],
  ['NaN', NaN],
  ['+nan', undefined],
];

test('doubles are read as Go reads them', (t) => {
  for (const [text, want] of readDoubles) t.is(parseDouble(text), want, text);
});

const readIntegers: [string, bigint | undefined, bigint | undefined][] = [
  ['0', 0n, 0n],
  ['007', 7n, 7n],
  ['+7', 7n, undefined],
  ['-7', -7n, undefined],
  ['-0', 0n, undefined],
  ['9223372036854775807', MAX_INT, MAX_INT],
  ['9223372036854775808', undefined, 9223372036854775808n],
  ['-9223372036854775808', MIN_INT, undefined],
  ['-9223372036854775809', undefined, undefined],
  ['18446744073709551615', undefined, MAX_UINT],
  ['18446744073709551616', undefined, undefined],
  ['00000000000000000000000000001', 1n, 1n],
  ['', undefined, undefined],
  ['+', undefined, undefined],
  ['1_0', undefined, undefined],
  ['0x10', undefined, undefined],
  ['1.0', undefined, undefined],
  ['1 ', undefined, undefined],
  ['\u0661', undefined, undefined],
];

test('integers are read in decimal only', (t) => {
  for (const [text, int, uint] of readIntegers) {
    t.is(parseInt64(text), int, `int ${text}`);
    t.is(parseUint64(text), uint, `uint ${text}`);
  }
});

test('six words are true and six are false', (t) => {
  for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True']) t.true(parseBool(text), text);
  for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False']) t.false(parseBool(text), text);
  for (const text of ['', 'tRue', 'yes', ' true']) t.is(parseBool(text), undefined, text);
});
