import { CelError } from '../../values/values.ts';
import { parseRequestUri } from '../net/url-parse.ts';
import type { Rule } from './format-names.ts';

/** Formats of data, as k8s.io/kube-openapi knows them. All texts are byte strings. */

const holds =
  (test: (text: string) => boolean, fault: string): Rule =>
  (text) =>
    test(text) ? [] : [fault];

export const uri: Rule = (bytes) => {
  const parsed = parseRequestUri(bytes);
  return parsed instanceof CelError ? [parsed.message] : [];
};

export const uuid = holds(
  (text) => /^[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(text),
  'does not match the UUID format',
);

/** Base64 with padding; not of nothing. */
export const byte = holds(
  (text) => text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text),
  'invalid base64',
);

export const date = holds(isDate, 'invalid date');

export const datetime = holds(isDateTime, 'invalid datetime');

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** There is a year 0, which is a leap year. */
function isDate(text: string): boolean {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!match) return false;
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  const leapDay = month === 2 && isLeapYear(year) ? 1 : 0;
  return day >= 1 && day <= (DAYS[month - 1] ?? 0) + leapDay;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Any one character may stand before the digits of a fraction, and hours and minutes of a zone are not looked at. */
const TIME =
  /^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:(?:[^\n\x80-\xff]|[\xc0-\xff][\x80-\xbf]+)[0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})$/i;

/** What follows a second T is not looked at. */
function isDateTime(text: string): boolean {
  const [day = '', time = ''] = text.split(/t/i);
  const match = isDate(day) ? TIME.exec(time) : null;
  if (!match) return false;
  const [hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return hour <= 23 && minute <= 59 && second <= 59;
}
