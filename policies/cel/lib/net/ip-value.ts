import { opaque } from '../../types/types.ts';
import { CelError, Opaque } from '../../values/values.ts';
import { quote, toByteString } from '../go-string.ts';
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
    return other instanceof Ip && this.sharesPrefix(other, this.groups.length * BITS_IN_GROUP);
  }

  get family(): 4 | 6 {
    return this.groups.length === 2 ? 4 : 6;
  }

  /** Returns the address with all bits but the first cleared. */
  masked(bits: number): Ip {
    return new Ip(this.groups.map((group, i) => group & maskOf(bits, i)));
  }

  /** Tells whether both are of one family and begin with the same bits. */
  sharesPrefix(other: Ip, bits: number): boolean {
    if (this.family !== other.family) return false;
    for (let i = 0; i * BITS_IN_GROUP < bits; i++) {
      if (((this.#group(i) ^ other.#group(i)) & maskOf(bits, i)) !== 0) return false;
    }
    return true;
  }

  isUnspecified(): boolean {
    return this.groups.every((group) => group === 0);
  }

  isLoopback(): boolean {
    if (this.family === 4) return this.#group(0) >> 8 === 127;
    return this.equals(IPV6_LOOPBACK);
  }

  isLinkLocalUnicast(): boolean {
    return this.family === 4 ? this.#group(0) === 0xa9fe : (this.#group(0) & 0xffc0) === 0xfe80;
  }

  isLinkLocalMulticast(): boolean {
    if (this.family === 6) return (this.#group(0) & 0xff0f) === 0xff02;
    return this.#group(0) === 0xe000 && this.#group(1) >> 8 === 0;
  }

  /** True of private addresses, too. */
  isGlobalUnicast(): boolean {
    const isSpecial =
      this.isUnspecified() || this.isLoopback() || this.#isMulticast() || this.isLinkLocalUnicast();
    return !isSpecial && !this.equals(IPV4_BROADCAST);
  }

  /** Returns the canonical form. */
  override toString(): string {
    if (this.family === 6) return formatIpv6(this.groups);
    return this.groups.map((group) => `${group >> 8}.${group & 0xff}`).join('.');
  }

  #group(index: number): number {
    return this.groups[index] ?? 0;
  }

  #isMulticast(): boolean {
    return this.family === 4 ? this.#group(0) >> 12 === 0xe : this.#group(0) >> 8 === 0xff;
  }
}

const IPV4_BROADCAST = new Ip([0xffff, 0xffff]);
const IPV6_LOOPBACK = new Ip([0, 0, 0, 0, 0, 0, 0, 1]);

/** Tells whether an address is ::ffff:a.b.c.d. */
export function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

export function mappedError(text: string): CelError {
  return new CelError(`IPv4-mapped IPv6 address ${quote(toByteString(text))} is not allowed`);
}

/** Returns the mask of a group: ones for the bits of it that are among the first bits of the address. */
function maskOf(bits: number, group: number): number {
  const ones = Math.max(0, Math.min(BITS_IN_GROUP, bits - group * BITS_IN_GROUP));
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
