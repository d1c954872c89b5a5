import { CelError } from '../../values/values.ts';
import { quote } from '../go-string.ts';

/** An IP address as Go's net/netip reads it. */
export interface Address {
  /** 16 bits each: two for IPv4, eight for IPv6. */
  readonly groups: readonly number[];
  /** A byte string; empty where there is none. */
  readonly zone: string;
}

/** Parses a byte string. Returns an error with the text of netip.ParseAddr. */
export function parseAddress(bytes: string): Address | CelError {
  switch (/[.:%]/.exec(bytes)?.[0]) {
    case '.':
      return addressOf(bytes, parseIpv4(bytes), '');
    case ':':
      return parseIpv6(bytes);
    case '%':
      return addressOf(bytes, { message: 'missing IPv6 address' }, '');
    default:
      return addressOf(bytes, { message: 'unable to parse IP' }, '');
  }
}

interface Fault {
  readonly message: string;
  /** What is left of the text where the fault is. */
  readonly at?: string;
}

function addressOf(
  bytes: string,
  groups: readonly number[] | Fault,
  zone: string,
): Address | CelError {
  if (!('message' in groups)) return { groups, zone };
  const place = groups.at ? ` (at ${quote(groups.at)})` : '';
  return new CelError(`ParseAddr(${quote(bytes)}): ${groups.message}${place}`);
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

function parseIpv4(text: string): readonly number[] | Fault {
  if (!IPV4.test(text)) return faultOfIpv4(text);
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [(a << 8) | b, (c << 8) | d];
}

/** Finds the first fault from the left in what is no IPv4 address. */
function faultOfIpv4(text: string): Fault {
  let dots = 0;
  for (const { 0: token, index } of text.matchAll(/\d+|\.|[\s\S]/g)) {
    const fault =
      token === '.' ? faultOfDot(text, index, dots++) : faultOfOctet(text, token, index);
    if (fault) return fault;
  }
  return { message: 'IPv4 address too short' };
}

function faultOfDot(text: string, index: number, dots: number): Fault | undefined {
  if (index === 0 || index === text.length - 1 || text[index - 1] === '.') {
    return { message: 'IPv4 field must have at least one digit', at: text.slice(index) };
  }
  return dots === 3 ? { message: 'IPv4 address too long' } : undefined;
}

function faultOfOctet(text: string, token: string, index: number): Fault | undefined {
  if (!/^\d/.test(token)) return { message: 'unexpected character', at: text.slice(index) };
  if (token.length > 1 && token.startsWith('0')) {
    return { message: 'IPv4 field has octet with leading zero' };
  }
  return Number(token) > 255 ? { message: 'IPv4 field has value >255' } : undefined;
}

function parseIpv6(bytes: string): Address | CelError {
  const percent = bytes.indexOf('%');
  if (percent < 0) return addressOf(bytes, new Ipv6Parser(bytes).parse(), '');
  const zone = bytes.slice(percent + 1);
  if (zone === '') return addressOf(bytes, { message: 'zone must be a non-empty string' }, '');
  return addressOf(bytes, new Ipv6Parser(bytes.slice(0, percent)).parse(), zone);
}

const GROUPS = 8;

/** Reads an address from the left; the faults it finds are those that netip finds first. */
class Ipv6Parser {
  #rest: string;
  readonly #groups: number[] = [];
  /** The place of :: among the groups. */
  #gap: number | undefined;

  constructor(text: string) {
    this.#rest = text;
  }

  parse(): readonly number[] | Fault {
    if (this.#rest.startsWith('::')) {
      this.#gap = 0;
      this.#rest = this.#rest.slice(2);
    }
    while (this.#rest !== '' && this.#groups.length < GROUPS) {
      const fault = this.#readGroup();
      if (fault) return fault;
    }
    return this.#fill();
  }

  #readGroup(): Fault | undefined {
    const digits = /^[0-9a-f]*/i.exec(this.#rest)?.[0] ?? '';
    if (digits.length > 4) return this.#fault('each group must have 4 or less digits');
    if (digits === '') {
      return this.#fault('each colon-separated field must have at least one digit');
    }
    if (this.#rest[digits.length] === '.') return this.#readIpv4();
    this.#groups.push(Number.parseInt(digits, 16));
    this.#rest = this.#rest.slice(digits.length);
    return this.#rest === '' ? undefined : this.#readColon();
  }

  #readIpv4(): Fault | undefined {
    if (this.#gap === undefined && this.#groups.length !== GROUPS - 2) {
      return this.#fault('embedded IPv4 address must replace the final 2 fields of the address');
    }
    if (this.#groups.length > GROUPS - 2) {
      return this.#fault('too many hex fields to fit an embedded IPv4 at the end of the address');
    }
    const groups = parseIpv4(this.#rest);
    if ('message' in groups) return groups;
    this.#groups.push(...groups);
    this.#rest = '';
    return undefined;
  }

  #readColon(): Fault | undefined {
    if (!this.#rest.startsWith(':')) return this.#fault('unexpected character, want colon');
    if (this.#rest === ':') return this.#fault('colon must be followed by more characters');
    this.#rest = this.#rest.slice(1);
    if (!this.#rest.startsWith(':')) return undefined;
    if (this.#gap !== undefined) return this.#fault('multiple :: in address');
    this.#gap = this.#groups.length;
    this.#rest = this.#rest.slice(1);
    return undefined;
  }

  #fill(): readonly number[] | Fault {
    if (this.#rest !== '') return this.#fault('trailing garbage after address');
    const missing = GROUPS - this.#groups.length;
    if (this.#gap === undefined) {
      return missing === 0 ? this.#groups : { message: 'address string too short' };
    }
    if (missing === 0) {
      return { message: 'the :: must expand to at least one field of zeros' };
    }
    return this.#groups.toSpliced(this.#gap, 0, ...new Array<number>(missing).fill(0));
  }

  #fault(message: string): Fault {
    return { message, at: this.#rest };
  }
}
