import { type Overload, overload } from '../../library.ts';
import {
  addInt,
  addUint,
  divideInt,
  divideUint,
  moduloInt,
  moduloUint,
  multiplyInt,
  multiplyUint,
  negateInt,
  subtractInt,
  subtractUint,
} from '../../values/numbers.ts';
import {
  addDurations,
  addToTimestamp,
  negateDuration,
  subtractDurations,
  subtractFromTimestamp,
  subtractTimestamps,
} from '../../values/time.ts';
import {
  Bytes,
  type Duration,
  noSuchOverload,
  type Timestamp,
  type Value,
} from '../../values/values.ts';
import { dispatching } from '../dispatch.ts';
import { concatenationCost, withSoleCost } from '../standard-costs.ts';

const DURATION = 'google.protobuf.Duration';
const TIMESTAMP = 'google.protobuf.Timestamp';

function addBytes(a: Bytes, b: Bytes): Bytes {
  const sum = new Uint8Array(a.data.length + b.data.length);
  sum.set(a.data);
  sum.set(b.data, a.data.length);
  return new Bytes(sum);
}

function addLists(a: readonly Value[], b: readonly Value[]): readonly Value[] {
  if (a.length === 0) return b;
  return b.length === 0 ? a : [...a, ...b];
}

const add = dispatching([
  ...withSoleCost(concatenationCost, [
    overload('add_bytes', '_+_(bytes, bytes) -> bytes', addBytes),
  ]),
  overload('add_double', '_+_(double, double) -> double', (a: number, b: number) => a + b),
  overload('add_duration_duration', `_+_(${DURATION}, ${DURATION}) -> ${DURATION}`, addDurations),
  overload(
    'add_duration_timestamp',
    `_+_(${DURATION}, ${TIMESTAMP}) -> ${TIMESTAMP}`,
    (a: Duration, b: Timestamp) => addToTimestamp(b, a),
  ),
  overload(
    'add_timestamp_duration',
    `_+_(${TIMESTAMP}, ${DURATION}) -> ${TIMESTAMP}`,
    addToTimestamp,
  ),
  overload('add_int64', '_+_(int, int) -> int', addInt),
  overload('add_list', '_+_(list(<A>), list(<A>)) -> list(<A>)', addLists),
  ...withSoleCost(concatenationCost, [
    overload('add_string', '_+_(string, string) -> string', (a: string, b: string) => a + b),
  ]),
  overload('add_uint64', '_+_(uint, uint) -> uint', addUint),
]);

const subtract = dispatching([
  overload('subtract_double', '_-_(double, double) -> double', (a: number, b: number) => a - b),
  overload(
    'subtract_duration_duration',
    `_-_(${DURATION}, ${DURATION}) -> ${DURATION}`,
    subtractDurations,
  ),
  overload('subtract_int64', '_-_(int, int) -> int', subtractInt),
  overload(
    'subtract_timestamp_duration',
    `_-_(${TIMESTAMP}, ${DURATION}) -> ${TIMESTAMP}`,
    subtractFromTimestamp,
  ),
  overload(
    'subtract_timestamp_timestamp',
    `_-_(${TIMESTAMP}, ${TIMESTAMP}) -> ${DURATION}`,
    subtractTimestamps,
  ),
  overload('subtract_uint64', '_-_(uint, uint) -> uint', subtractUint),
]);

const multiply = dispatching([
  overload('multiply_double', '_*_(double, double) -> double', (a: number, b: number) => a * b),
  overload('multiply_int64', '_*_(int, int) -> int', multiplyInt),
  overload('multiply_uint64', '_*_(uint, uint) -> uint', multiplyUint),
]);

const divide = dispatching([
  overload('divide_double', '_/_(double, double) -> double', (a: number, b: number) => a / b),
  overload('divide_int64', '_/_(int, int) -> int', divideInt),
  overload('divide_uint64', '_/_(uint, uint) -> uint', divideUint),
]);

const modulo = dispatching([
  overload('modulo_int64', '_%_(int, int) -> int', moduloInt),
  overload('modulo_uint64', '_%_(uint, uint) -> uint', moduloUint),
]);

const negate = dispatching(
  [
    overload('negate_double', '-_(double) -> double', (a: number) => -a),
    overload('negate_int64', '-_(int) -> int', negateInt),
  ],
  [
    overload('negate_duration', `-_(${DURATION}) -> ${DURATION}`, negateDuration),
    overload('negate_bool', '-_(bool) -> bool', () => noSuchOverload),
  ],
);

export const arithmetic: readonly Overload[] = [
  ...add,
  ...subtract,
  ...multiply,
  ...divide,
  ...modulo,
  ...negate,
];
