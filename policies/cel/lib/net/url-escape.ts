import { CelError } from '../../values/values.ts';
import { quote } from '../go-string.ts';

/** A part of a URL; each lets other characters stand unescaped. All texts here are byte strings. */
export type UrlPart = 'fragment' | 'host' | 'path' | 'query' | 'user' | 'zone';

const UNRESERVED = 'A-Za-z0-9\\-._~';
const HOST = `${UNRESERVED}!$&'()*+,;=:\\[\\]<>"`;
const PATH = `${UNRESERVED}$&+,/:;=@`;
const FRAGMENT = `${PATH}?!()*`;
/** Characters that net/url lets stand in a path or fragment, but escapes when it writes one of its own. */
const TOLERATED = "!$&'()*+,;=:@\\[\\]%";

const UNSAFE = {
  fragment: new RegExp(`[^${FRAGMENT}]`, 'g'),
  host: new RegExp(`[^${HOST}]`, 'g'),
  path: new RegExp(`[^${PATH}]`, 'g'),
  user: new RegExp(`[^${UNRESERVED}$&+,;=]`, 'g'),
};

const ENCODED = {
  fragment: new RegExp(`^[${FRAGMENT}${TOLERATED}]*$`),
  path: new RegExp(`^[${PATH}${TOLERATED}]*$`),
};

export function percentEncode(bytes: string, part: keyof typeof UNSAFE): string {
  return bytes.replace(UNSAFE[part], (byte) => {
    const hex = byte.charCodeAt(0).toString(16).toUpperCase();
    return `%${hex.padStart(2, '0')}`;
  });
}

/**
 * Writes an escaped path or fragment as net/url gives it back: as it was where that is a valid escaping, else with
 * escapes of its own.
 */
export function reencode(escaped: string, unescaped: string, part: keyof typeof ENCODED): string {
  return ENCODED[part].test(escaped) ? escaped : percentEncode(unescaped, part);
}

/** In a host only a byte that is no ASCII may be escaped, and the percent sign before a zone. */
const HOST_ESCAPES = '25|[89a-f][0-9a-f]';
/** In a zone only what could stand there unescaped may be escaped, and space and percent sign. */
const ZONE_ESCAPES = `25|20|${hexOf(new RegExp(`[${HOST}]`))}`;

function hexOf(safe: RegExp): string {
  return Array.from({ length: 128 }, (_, code) => code)
    .filter((code) => safe.test(String.fromCharCode(code)))
    .map((code) => code.toString(16).padStart(2, '0'))
    .join('|');
}

const ANY_ESCAPE = '[0-9a-f]{2}';

const FAULT: Readonly<Record<UrlPart, RegExp>> = {
  fragment: faultOf(ANY_ESCAPE),
  host: faultOf(HOST_ESCAPES, HOST),
  path: faultOf(ANY_ESCAPE),
  query: faultOf(ANY_ESCAPE),
  user: faultOf(ANY_ESCAPE),
  zone: faultOf(ZONE_ESCAPES, HOST),
};

/** Finds the first escape that is not among those, or character of ASCII that must not stand there. */
function faultOf(escapes: string, characters?: string): RegExp {
  const wrongEscape = `%(?!${escapes})`;
  const wrongCharacter = characters ? `|(?![${characters}%])[\\x00-\\x7f]` : '';
  return new RegExp(wrongEscape + wrongCharacter, 'i');
}

/** Returns an error with the text of net/url. */
export function percentDecode(bytes: string, part: UrlPart): string | CelError {
  if (part !== 'host' && part !== 'zone' && !/[%+]/.test(bytes)) return bytes;
  const fault = FAULT[part].exec(bytes);
  if (fault) return faultAt(bytes.slice(fault.index));
  const spaced = part === 'query' ? bytes.replaceAll('+', ' ') : bytes;
  return spaced.replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function faultAt(rest: string): CelError {
  return rest.startsWith('%')
    ? new CelError(`invalid URL escape ${quote(rest.slice(0, 3))}`)
    : new CelError(`invalid character ${quote(rest.slice(0, 1))} in host name`);
}
