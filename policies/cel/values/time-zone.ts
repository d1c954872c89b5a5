import { parseInt64 } from './number-syntax.ts';
import { unixSeconds } from './timestamp.ts';
import { CelError, type Timestamp } from './values.ts';

/**
 * Returns the offset of a time zone at a moment.
 *
 * @param zone an IANA name such as Europe/Berlin, or a fixed offset such as -08:00
 * @returns seconds east of UTC, or an error where there is no such zone
 */
export function zoneOffset(zone: string, timestamp: Timestamp): number | CelError {
  if (zone === '' || zone === 'UTC' || zone === 'Local') return 0;
  const colon = zone.indexOf(':');
  return colon < 0 ? namedOffset(zone, timestamp) : fixedOffset(zone, colon);
}

/** Takes any hours and minutes, as cel-go does, and computes with them in 64 bits of nanoseconds. */
function fixedOffset(zone: string, colon: number): number | CelError {
  const hours = parseNumber(zone.slice(0, colon));
  if (hours instanceof CelError) return hours;
  const minutes = parseNumber(zone.slice(colon + 1));
  if (minutes instanceof CelError) return minutes;
  const total = hours * 60n + (zone.startsWith('-') ? -minutes : minutes);
  return Number(BigInt.asIntN(64, total * 60_000_000_000n) / 1_000_000_000n);
}

function parseNumber(text: string): bigint | CelError {
  const fault = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  return (
    parseInt64(text) ?? new CelError(`strconv.Atoi: parsing ${JSON.stringify(text)}: ${fault}`)
  );
}

/** Formatters of the zones in use; there are not more than IANA has names. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function namedOffset(zone: string, timestamp: Timestamp): number | CelError {
  const formatter = formatters.get(zone) ?? makeFormatter(zone);
  if (formatter instanceof CelError) return formatter;
  formatters.set(zone, formatter);
  const parts = formatter.formatToParts(Number(unixSeconds(timestamp)) * 1000);
  return parseOffset(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '');
}

function makeFormatter(zone: string): Intl.DateTimeFormat | CelError {
  if (zone.includes('..') || /^[/\\]/.test(zone))
    return new CelError('time: invalid location name');
  try {
    const formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      timeZoneName: 'longOffset',
    });
    return isMisspelt(zone, formatter) ? unknown(zone) : formatter;
  } catch {
    return unknown(zone);
  }
}

/** IANA's names of three letters; Intl takes others, too, such as PST. */
const ABBREVIATIONS = /^(?:CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|WET)$/;

/** Intl takes names in any case and offsets without a colon; the files Go looks for have the IANA name. */
function isMisspelt(zone: string, formatter: Intl.DateTimeFormat): boolean {
  const { timeZone } = formatter.resolvedOptions();
  const otherCase = zone !== timeZone && zone.toLowerCase() === timeZone.toLowerCase();
  const isNoName = zone.length === 3 ? !ABBREVIATIONS.test(zone) : !/^[A-Z]/.test(zone);
  return otherCase || isNoName;
}

function unknown(zone: string): CelError {
  return new CelError(`unknown time zone ${zone}`);
}

/** Reads GMT, GMT+05:30 or GMT-04:56:02. */
function parseOffset(name: string): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return sign === '-' ? -offset : offset;
}
