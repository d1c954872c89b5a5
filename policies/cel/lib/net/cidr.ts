import { type CallCost, type Library, type Overload, overload, withCost } from '../../library.ts';
import { sizeOf, traversalCost } from '../../values/size.ts';
import { CelError, noSuchOverload } from '../../values/values.ts';
import { Cidr } from './cidr-value.ts';
import { Ip } from './ip-value.ts';

const parseCost: CallCost = ([text = '']) => traversalCost(sizeOf(text));

/** The bytes of the prefix are compared with as many of the other address. */
const containsIpCost: CallCost = ([cidr = null]) => traversalCost(sizeOf(cidr) * 2);

/** Before that the network is masked and the lengths are compared. */
const containsCidrCost: CallCost = ([cidr = null]) =>
  traversalCost(sizeOf(cidr) * 2) + traversalCost(sizeOf(cidr)) + 1;

/** Declares a function whose second argument is parsed; that costs only where the checker knows that it is a string. */
function parsing(cost: CallCost, declared: Overload): Overload {
  return {
    ...declared,
    cost: (args, result) => cost(args, result) + traversalCost(sizeOf(args[1] ?? null)),
    costWhenSole: true,
  };
}

/** Functions of net.CIDR. */
export const cidr: Library = {
  name: 'kubernetes.net.cidr',
  overloads: [
    ...withCost(parseCost, [
      overload('string_to_cidr', 'cidr(string) -> net.CIDR', Cidr.parse),
      overload(
        'is_cidr',
        'isCIDR(string) -> bool',
        (text: string) => Cidr.parse(text) instanceof Cidr,
      ),
    ]),
    parsing(
      containsIpCost,
      overload('cidr_contains_ip_string', 'net.CIDR.containsIP(string) -> bool', containsIpString),
    ),
    ...withCost(containsIpCost, [
      overload('cidr_contains_ip_ip', 'net.CIDR.containsIP(net.IP) -> bool', (of: Cidr, ip: Ip) =>
        of.contains(ip),
      ),
    ]),
    parsing(
      containsCidrCost,
      overload(
        'cidr_contains_cidr_string',
        'net.CIDR.containsCIDR(string) -> bool',
        containsCidrString,
      ),
    ),
    ...withCost(containsCidrCost, [
      overload(
        'cidr_contains_cidr',
        'net.CIDR.containsCIDR(net.CIDR) -> bool',
        (of: Cidr, other: Cidr) => of.containsCidr(other),
      ),
    ]),
    overload('cidr_ip', 'net.CIDR.ip() -> net.IP', (of: Cidr) => of.ip),
    overload('cidr_prefix_length', 'net.CIDR.prefixLength() -> int', (of: Cidr) =>
      BigInt(of.prefixLength),
    ),
    overload('cidr_masked', 'net.CIDR.masked() -> net.CIDR', (of: Cidr) => of.masked()),
    overload('cidr_to_string', 'string(net.CIDR) -> string', String),
  ],
};

/** The API server does not tell what is wrong with the address. */
function containsIpString(of: Cidr, text: string): boolean | CelError {
  const ip = Ip.parse(text);
  return ip instanceof CelError ? noSuchOverload : of.contains(ip);
}

function containsCidrString(of: Cidr, text: string): boolean | CelError {
  const other = Cidr.parse(text);
  return other instanceof CelError ? other : of.containsCidr(other);
}
