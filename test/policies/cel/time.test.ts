// Durations and timestamps as cel-go has them; each row was put to kube-apiserver's evaluator.
import test from 'ava';
import {
  formatDuration,
  hoursOf,
  millisecondsOf,
  minutesOf,
  parseDuration,
  secondsOf,
} from '../../../policies/cel/values/duration.ts';
import {
  addDurations,
  addToTimestamp,
  negateDuration,
  partOf,
  subtractDurations,
  subtractFromTimestamp,
  subtractTimestamps,
  timestampParts,
} from '../../../policies/cel/values/time.ts';
import {
  formatTimestamp,
  parseTimestamp,
  timestampOf,
} from '../../../policies/cel/values/timestamp.ts';
import { CelError, Duration, Timestamp, type Value } from '../../../policies/cel/values/values.ts';

const LARGEST = 2n ** 63n - 1n;

const durations: [string, bigint | undefined, string?][] = [
  ['1h2m3.5s', 3_723_500_000_000n, '3723.5s'],
  ['-1ns', -1n, '-0.000000001s'],
  ['+1.5s', 1_500_000_000n, '1.5s'],
  ['.5s', 500_000_000n, '0.5s'],
  ['5.s', 5_000_000_000n, '5s'],
  ['0', 0n, '0s'],
  ['-0', 0n, '0s'],
  ['1\u00b5s', 1_000n, '0.000001s'],
  ['1\u03bcs', 1_000n, '0.000001s'],
  ['1m1m1m', 180_000_000_000n, '180s'],
  ['0.5ns', 0n, '0s'],
  ['0.3333333333333333333h', 1_200_000_000_000n, '1200s'],
  ['0.12345678901234567890123s', 123_456_789n, '0.123456789s'],
  ['00000000000000000000000001s', 1_000_000_000n, '1s'],
  ['9223372036854775807ns', LARGEST, '9223372036.854776s'],
  ['9223372036854775808ns', undefined],
  ['-9223372036854775808ns', -LARGEST - 1n, '-9223372036.854776s'],
  ['2562048h', undefined],
  ['100000000000000000000ns', undefined],
  ['', undefined],
  ['+', undefined],
  ['1', undefined],
  ['s', undefined],
  ['.s', undefined],
  ['1.2.3s', undefined],
  ['1d', undefined],
  ['1S', undefined],
  ['1s ', undefined],
  ['1s-2s', undefined],
  ['--1s', undefined],
  ['1constructor', undefined],
];

test('durations are read as Go reads them and written as seconds', (t) => {
  for (const [text, nanos, written] of durations) {
    const duration = parseDuration(text);
    t.is(duration?.nanos, nanos, text);
    t.is(duration && formatDuration(duration), written, text);
  }
});

test('the units of a duration are the whole of it', (t) => {
  const units = (text: string): bigint[] => {
    const duration = parseDuration(text) as Duration;
    return [hoursOf, minutesOf, secondsOf, millisecondsOf].map((unit) => unit(duration));
  };
  t.deepEqual(units('-90m'), [-1n, -90n, -5400n, -5_400_000n]);
  t.deepEqual(units('1.5s'), [0n, 0n, 1n, 1500n]);
  t.deepEqual(units('9223372036854775807ns'), [2562047n, 153722867n, 9223372036n, 9223372036854n]);
});

const OVERFLOW = 'timestamp overflow';
const timestamps: [string, string | undefined][] = [
  ['2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z'],
  ['2020-01-01T00:00:00.120+02:00', '2020-01-01T00:00:00.12+02:00'],
  ['2020-01-01T00:00:00-00:30', '2020-01-01T00:00:00-00:30'],
  ['2020-01-01T00:00:00-00:00', '2020-01-01T00:00:00Z'],
  ['2020-01-01T00:00:00.1234567891Z', '2020-01-01T00:00:00.123456789Z'],
  ['2020-01-01T1:02:03,5Z', '2020-01-01T01:02:03.5Z'],
  ['2020-01-01T00:00:00+24:60', '2020-01-01T00:00:00+25:00'],
  ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
  ['0099-06-01T00:00:00Z', '0099-06-01T00:00:00Z'],
  ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00Z'],
  ['1900-02-29T00:00:00Z', undefined],
  ['2020-04-31T00:00:00Z', undefined],
  ['2020-13-01T00:00:00Z', undefined],
  ['2020-01-00T00:00:00Z', undefined],
  ['2020-01-01T24:00:00Z', undefined],
  ['2020-01-01T23:60:00Z', undefined],
  ['2020-01-01T23:00:60Z', undefined],
  ['2020-01-01T00:00:00+25:00', undefined],
  ['2020-01-01T00:00:00+24:61', undefined],
  ['2020-01-01T00:00:00.Z', undefined],
  ['2020-01-01T00:00:00', undefined],
  ['2020-01-01T00:00:00+0200', undefined],
  ['2020-01-01t00:00:00z', undefined],
  ['2020-01-01 00:00:00Z', undefined],
  ['2020-01-01', undefined],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
  ['0001-01-01T00:00:00+00:01', OVERFLOW],
  ['0000-12-31T23:59:59-00:01', '0000-12-31T23:59:59-00:01'],
  ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999999Z'],
  ['9999-12-31T23:59:59-00:01', OVERFLOW],
  ['10000-01-01T00:00:00Z', undefined],
];

const told = (value: Value): string => {
  if (value instanceof Timestamp) return formatTimestamp(value);
  return value instanceof Duration ? formatDuration(value) : (value as CelError).message;
};

test('timestamps keep their nanoseconds and their offset', (t) => {
  for (const [text, want] of timestamps) {
    const timestamp = parseTimestamp(text);
    t.is(timestamp && told(timestamp), want, text);
  }
});

test('seconds outside years 1 to 9999 are no timestamp', (t) => {
  t.is(told(timestampOf(-62_135_596_801n)), OVERFLOW);
  t.is(told(timestampOf(-62_135_596_800n)), '0001-01-01T00:00:00Z');
  t.is(told(timestampOf(253_402_300_799n)), '9999-12-31T23:59:59Z');
  t.is(told(timestampOf(253_402_300_800n)), OVERFLOW);
});

const at = (text: string): Timestamp => parseTimestamp(text) as Timestamp;
const lasting = (text: string): Duration => parseDuration(text) as Duration;
const SMALLEST = lasting('-9223372036854775808ns');
const sums: [string, Value, string][] = [
  ['duration + duration', addDurations(lasting('1h'), lasting('-1s')), '3599s'],
  ['too long', addDurations(lasting('9223372036854775807ns'), lasting('1ns')), 'integer overflow'],
  ['duration - duration', subtractDurations(SMALLEST, lasting('1ns')), 'integer overflow'],
  ['-duration', negateDuration(SMALLEST), 'integer overflow'],
  [
    'timestamp + duration keeps the offset',
    addToTimestamp(at('2020-01-01T00:00:00+02:00'), lasting('1h')),
    '2020-01-01T01:00:00+02:00',
  ],
  ['too late', addToTimestamp(at('9999-12-31T23:59:59Z'), lasting('1s')), OVERFLOW],
  ['too early', subtractFromTimestamp(at('0001-01-01T00:00:00Z'), lasting('1ns')), OVERFLOW],
  ['no negative', subtractFromTimestamp(at('1970-01-01T00:00:00Z'), SMALLEST), 'integer overflow'],
  [
    'timestamp - timestamp',
    subtractTimestamps(at('2020-01-01T00:00:00+02:00'), at('2020-01-01T00:00:00.5Z')),
    '-7200.5s',
  ],
  [
    'too far apart',
    subtractTimestamps(at('9999-12-31T23:59:59Z'), at('0001-01-01T00:00:00Z')),
    'integer overflow',
  ],
];

test('sums and differences fail out of range', (t) => {
  for (const [title, have, want] of sums) t.is(told(have), want, title);
});

const MOMENT = at('2020-02-29T23:30:45.678Z');

test('parts of a timestamp count months and days from 0', (t) => {
  const parts = Object.fromEntries(
    Object.entries(timestampParts).map(([name, part]) => [name, partOf(part, MOMENT)]),
  );
  t.deepEqual(parts, {
    getFullYear: 2020n,
    getMonth: 1n,
    getDayOfYear: 59n,
    getDayOfMonth: 28n,
    getDate: 29n,
    getDayOfWeek: 6n,
    getHours: 23n,
    getMinutes: 30n,
    getSeconds: 45n,
    getMilliseconds: 678n,
  });
});

const zones: [string, keyof typeof timestampParts, bigint | string][] = [
  ['', 'getHours', 23n],
  ['Local', 'getHours', 23n],
  ['Europe/Berlin', 'getDate', 1n],
  ['Europe/Berlin', 'getMonth', 2n],
  ['America/New_York', 'getHours', 18n],
  ['US/Central', 'getHours', 17n],
  ['Asia/Kathmandu', 'getMinutes', 15n],
  ['+02:30', 'getHours', 2n],
  ['02:30', 'getHours', 2n],
  ['-02:45', 'getMinutes', 45n],
  ['2:5', 'getMinutes', 35n],
  ['99:99', 'getMinutes', 9n],
  ['Mars/Base', 'getHours', 'unknown time zone Mars/Base'],
  ['europe/berlin', 'getHours', 'unknown time zone europe/berlin'],
  ['PST', 'getHours', 'unknown time zone PST'],
  ['+0200', 'getHours', 'unknown time zone +0200'],
  ['../x', 'getHours', 'time: invalid location name'],
  ['/etc', 'getHours', 'time: invalid location name'],
  ['x:5', 'getHours', 'strconv.Atoi: parsing "x": invalid syntax'],
  [':', 'getHours', 'strconv.Atoi: parsing "": invalid syntax'],
  [
    '99999999999999999999:0',
    'getHours',
    'strconv.Atoi: parsing "99999999999999999999": value out of range',
  ],
];

test('time zones have names or offsets', (t) => {
  for (const [zone, name, want] of zones) {
    const have = partOf(timestampParts[name], MOMENT, zone);
    t.is(have instanceof CelError ? have.message : have, want, zone);
  }
});

test('a zone can lead out of the years 1 to 9999', (t) => {
  const year = (text: string, zone: string): Value =>
    partOf(timestampParts.getFullYear, at(text), zone);
  t.is(year('0001-01-01T00:00:00Z', '-01:00'), 0n);
  t.is(year('9999-12-31T23:59:59Z', 'Asia/Tokyo'), 10000n);
});
