import { opaque } from '../../types/types.ts';
import { parseInt64 } from '../../values/number-syntax.ts';
import { CelError, Opaque } from '../../values/values.ts';
import { quote, toByteString } from '../go-string.ts';
import { parseAddress } from './ip-parse.ts';
import { Ip, isMapped, mappedError } from './ip-value.ts';

const CIDR = opaque('net.CIDR');

/** An IP address and the number of its bits that name a network: 10.1.2.3/8. */
export class Cidr extends Opaque {
  readonly type = CIDR;
  readonly ip: Ip;
  readonly prefixLength: number;

  private constructor(ip: Ip, prefixLength: number) {
    super();
    this.ip = ip;
    this.prefixLength = prefixLength;
  }

  static parse(text: string): Cidr | CelError {
    const parsed = parsePrefix(toByteString(text));
    // The API server puts the same words before the error twice, but once before one of its own.
    if (parsed instanceof CelError) return failed(failed(parsed));
    const { groups, bits } = parsed;
    return isMapped(groups) ? failed(mappedError(text)) : new Cidr(new Ip(groups), bits);
  }

  /** Number of bytes of the prefix. */
  override get costSize(): number {
    return Math.ceil(this.prefixLength / 8);
  }

  override equals(other: Opaque): boolean {
    return (
      other instanceof Cidr && this.prefixLength === other.prefixLength && this.ip.equals(other.ip)
    );
  }

  contains(ip: Ip): boolean {
    return this.ip.sharesPrefix(ip, this.prefixLength);
  }

  containsCidr(other: Cidr): boolean {
    return this.prefixLength <= other.prefixLength && this.contains(other.ip);
  }

  masked(): Cidr {
    return new Cidr(this.ip.masked(this.prefixLength), this.prefixLength);
  }

  override toString(): string {
    return `${this.ip}/${this.prefixLength}`;
  }
}

function failed({ message }: CelError): CelError {
  return new CelError(`network address parse error during conversion from string: ${message}`);
}

interface Prefix {
  readonly groups: readonly number[];
  readonly bits: number;
}

/** Parses a byte string. Returns an error with the text of netip.ParsePrefix. */
function parsePrefix(bytes: string): Prefix | CelError {
  const slash = bytes.lastIndexOf('/');
  if (slash < 0) return fault(bytes, "no '/'");
  const address = parseAddress(bytes.slice(0, slash));
  if (address instanceof CelError) return fault(bytes, address.message);
  if (address.zone !== '') return fault(bytes, 'IPv6 zones cannot be present in a prefix');
  const digits = bytes.slice(slash + 1);
  const bits = /^(?:0|[1-9][0-9]*)$/.test(digits) ? parseInt64(digits) : undefined;
  if (bits === undefined) return fault(bytes, `bad bits after slash: ${quote(digits)}`);
  const { groups } = address;
  if (bits > groups.length * 16) return fault(bytes, 'prefix length out of range');
  return { groups, bits: Number(bits) };
}

function fault(bytes: string, message: string): CelError {
  return new CelError(`netip.ParsePrefix(${quote(bytes)}): ${message}`);
}
