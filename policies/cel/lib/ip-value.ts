import { opaque } from '../types.ts';
import { CelError, Opaque } from '../values.ts';
import { quote, toByteString } from './go-string.ts';
import { parseAddress } from './ip-parse.ts';

const IP = opaque('net.IP');
const BYTES_IN_GROUP = 2;
const BITS_IN_GROUP = 16;

/** An IP address without zone. IPv6 addresses that stand for an IPv4 address do not occur. */
export class Ip extends Opaque {
  readonly type = IP;
  /** 16 bits each: two for IPv4, eight for IPv6. */
  readonly groups: readonly number[];

  constructor(groups: readonly number[]) {
    super();
    this.groups = groups;
  }

  static parse(text: string): Ip | CelError {
    const bytes = toByteString(text);
    const address = parseAddress(bytes);
    if (address instanceof CelError) {
      return new CelError(
        `IP Address ${quote(bytes)} parse error during conversion from string: ${address.message}`,
      );
    }
    if (address.zone !== '') {
      return new CelError(`IP address ${quote(bytes)} with zone value is not allowed`);
    }
    return isMapped(address.groups) ? mappedError(text) : new Ip(address.groups);
  }

  /** Number of bytes. */
  override get costSize(): number {
    return this.groups.length * BYTES_IN_GROUP;
  }

  override equals(other: Opaque): boolean {
    return other instanceof Ip && this.#is(...other.groups);
  }

  get family(): 4 | 6 {
    return this.groups.length === 2 ? 4 : 6;
  }

  /** Returns the address with all bits but the first cleared. */
  masked(bits: number): Ip {
    return new Ip(this.groups.map((group, i) => group & maskOf(bits - i * BITS_IN_GROUP)));
  }

  isUnspecified(): boolean {
    return this.groups.every((group) => group === 0);
  }

  isLoopback(): boolean {
    if (this.family === 4) return this.#first >> 8 === 127;
    return this.#is(0, 0, 0, 0, 0, 0, 0, 1);
  }

  isLinkLocalUnicast(): boolean {
    return this.family === 4 ? this.#first === 0xa9fe : (this.#first & 0xffc0) === 0xfe80;
  }

  isLinkLocalMulticast(): boolean {
    if (this.family === 6) return (this.#first & 0xff0f) === 0xff02;
    return this.#first === 0xe000 && (this.groups[1] ?? 0) >> 8 === 0;
  }

  /** True of private addresses, too. */
  isGlobalUnicast(): boolean {
    const isSpecial =
      this.isUnspecified() || this.isLoopback() || this.#isMulticast() || this.isLinkLocalUnicast();
    return !isSpecial && !this.#is(0xffff, 0xffff);
  }

  /** Returns the canonical form. */
  override toString(): string {
    if (this.family === 6) return formatIpv6(this.groups);
    return this.groups.map((group) => `${group >> 8}.${group & 0xff}`).join('.');
  }

  get #first(): number {
    return this.groups[0] ?? 0;
  }

  #isMulticast(): boolean {
    return this.family === 4 ? this.#first >> 12 === 0xe : this.#first >> 8 === 0xff;
  }

  #is(...groups: readonly number[]): boolean {
    return (
      this.groups.length === groups.length && groups.every((group, i) => group === this.groups[i])
    );
  }
}

/** Tells whether an address is ::ffff:a.b.c.d. */
export function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

export function mappedError(text: string): CelError {
  return new CelError(`IPv4-mapped IPv6 address ${quote(toByteString(text))} is not allowed`);
}

function maskOf(bits: number): number {
  const ones = Math.max(0, Math.min(BITS_IN_GROUP, bits));
  return (0xffff << (BITS_IN_GROUP - ones)) & 0xffff;
}

/** Writes :: for the longest run of zeros, the first of equally long ones; a single zero is written. */
function formatIpv6(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16));
  const { start, length } = longestRun(groups);
  if (length < 2) return text.join(':');
  return `${text.slice(0, start).join(':')}::${text.slice(start + length).join(':')}`;
}

function longestRun(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  groups.forEach((group, i) => {
    length = group === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { start: i + 1 - length, length };
  });
  return longest;
}
