import { type Overload, overload } from '../../library.ts';
import { hoursOf, millisecondsOf, minutesOf, secondsOf } from '../../values/duration.ts';
import { partOf, type TimestampPart, timestampParts } from '../../values/time.ts';
import type { Timestamp } from '../../values/values.ts';

const TIMESTAMP = 'google.protobuf.Timestamp';

/** cel-go's names of the overloads of timestamps; those with a time zone have the second. */
const IDS = {
  getFullYear: ['timestamp_to_year', 'timestamp_to_year_with_tz'],
  getMonth: ['timestamp_to_month', 'timestamp_to_month_with_tz'],
  getDayOfYear: ['timestamp_to_day_of_year', 'timestamp_to_day_of_year_with_tz'],
  getDayOfMonth: ['timestamp_to_day_of_month', 'timestamp_to_day_of_month_with_tz'],
  getDate: ['timestamp_to_day_of_month_1_based', 'timestamp_to_day_of_month_1_based_with_tz'],
  getDayOfWeek: ['timestamp_to_day_of_week', 'timestamp_to_day_of_week_with_tz'],
  getHours: ['timestamp_to_hours', 'timestamp_to_hours_with_tz'],
  getMinutes: ['timestamp_to_minutes', 'timestamp_to_minutes_with_tz'],
  getSeconds: ['timestamp_to_seconds', 'timestamp_to_seconds_tz'],
  getMilliseconds: ['timestamp_to_milliseconds', 'timestamp_to_milliseconds_with_tz'],
} as const satisfies Record<keyof typeof timestampParts, readonly [string, string]>;

function partOverloads(name: keyof typeof timestampParts): Overload[] {
  const part: TimestampPart = timestampParts[name];
  const [id, idWithZone] = IDS[name];
  return [
    overload(id, `${TIMESTAMP}.${name}() -> int`, (timestamp: Timestamp) =>
      partOf(part, timestamp),
    ),
    overload(
      idWithZone,
      `${TIMESTAMP}.${name}(string) -> int`,
      (timestamp: Timestamp, zone: string) => partOf(part, timestamp, zone),
    ),
  ];
}

const durationUnits = (
  [
    ['getHours', 'duration_to_hours', hoursOf],
    ['getMinutes', 'duration_to_minutes', minutesOf],
    ['getSeconds', 'duration_to_seconds', secondsOf],
    ['getMilliseconds', 'duration_to_milliseconds', millisecondsOf],
  ] as const
).map(([name, id, units]) => overload(id, `google.protobuf.Duration.${name}() -> int`, units));

export const time: readonly Overload[] = [
  ...(Object.keys(timestampParts) as (keyof typeof timestampParts)[]).flatMap(partOverloads),
  ...durationUnits,
];
