import { type Library, overload, withCost } from '../../library.ts';
import { sizeOf, traversalCost } from '../../values/size.ts';
import { CelError } from '../../values/values.ts';
import { Ip } from './ip-value.ts';

/** Functions of net.IP. */
export const ip: Library = {
  name: 'kubernetes.net.ip',
  overloads: [
    ...withCost(
      ([text = '']) => traversalCost(sizeOf(text)),
      [
        overload('string_to_ip', 'ip(string) -> net.IP', Ip.parse),
        overload('is_ip', 'isIP(string) -> bool', (text: string) => Ip.parse(text) instanceof Ip),
      ],
    ),
    ...withCost(
      ([text = '']) => traversalCost(sizeOf(text) * 2),
      [overload('ip_is_canonical', 'ip.isCanonical(string) -> bool', isCanonical)],
    ),
    overload('ip_to_string', 'string(net.IP) -> string', String),
    overload('ip_family', 'net.IP.family() -> int', (of: Ip) => BigInt(of.family)),
    overload('ip_is_unspecified', 'net.IP.isUnspecified() -> bool', (of: Ip) => of.isUnspecified()),
    overload('ip_is_loopback', 'net.IP.isLoopback() -> bool', (of: Ip) => of.isLoopback()),
    overload('ip_is_link_local_multicast', 'net.IP.isLinkLocalMulticast() -> bool', (of: Ip) =>
      of.isLinkLocalMulticast(),
    ),
    overload('ip_is_link_local_unicast', 'net.IP.isLinkLocalUnicast() -> bool', (of: Ip) =>
      of.isLinkLocalUnicast(),
    ),
    overload('ip_is_global_unicast', 'net.IP.isGlobalUnicast() -> bool', (of: Ip) =>
      of.isGlobalUnicast(),
    ),
  ],
};

function isCanonical(text: string): boolean | CelError {
  const parsed = Ip.parse(text);
  return parsed instanceof CelError ? parsed : parsed.toString() === text;
}
