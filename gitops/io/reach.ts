// Which hosts may be asked. Whoever may write a WebAppSource names a host, and the functions stand where that person
// does not: beside the cluster's own services and the cloud's metadata.
import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { RetryableError } from '../errors.ts';

/** Tells where requests may go. */
export interface Reach {
  /** Connects to nothing else, whatever a name resolves to at that moment. */
  readonly dispatcher: Dispatcher;
  /** Throws GitHostRefused, which is retryable, where a URL's host may not be asked. */
  demand(url: string): void;
}

/** Stands for every host that has public addresses only. */
export const PUBLIC = 'public';

/** What is no address of somebody else's on the internet, from the registries of IANA. */
const NOT_PUBLIC: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] =
  [
    ['0.0.0.0', 8, 'ipv4'],
    ['10.0.0.0', 8, 'ipv4'],
    ['100.64.0.0', 10, 'ipv4'],
    ['127.0.0.0', 8, 'ipv4'],
    ['169.254.0.0', 16, 'ipv4'],
    ['172.16.0.0', 12, 'ipv4'],
    ['192.0.0.0', 24, 'ipv4'],
    ['192.168.0.0', 16, 'ipv4'],
    ['198.18.0.0', 15, 'ipv4'],
    ['224.0.0.0', 3, 'ipv4'],
    ['::', 96, 'ipv6'],
    ['64:ff9b::', 96, 'ipv6'],
    ['64:ff9b:1::', 48, 'ipv6'],
    ['100::', 64, 'ipv6'],
    ['2002::', 16, 'ipv6'],
    ['fc00::', 7, 'ipv6'],
    ['fe80::', 9, 'ipv6'],
    ['ff00::', 8, 'ipv6'],
  ];

const blocked = new BlockList();
for (const [network, prefix, family] of NOT_PUBLIC) blocked.addSubnet(network, prefix, family);

/** Returns whether an IP address may be anybody's on the internet; also for IPv4 written as IPv6. */
export function isPublic(address: string): boolean {
  return !blocked.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Asks for all addresses of a name. */
type Resolve = (name: string, options: LookupOptions & { all: true }) => Promise<LookupAddress[]>;

/** Returns the reach of a list of hosts: names, `*.example.org` for all below one, IP addresses, or PUBLIC. */
export function createReach(hosts: readonly string[], resolve: Resolve = lookup): Reach {
  const isNamed = (host: string) => hosts.some((rule) => fits(rule.toLowerCase(), host));
  const mayBePublic = hosts.includes(PUBLIC);
  return {
    dispatcher: new Agent({ connect: { lookup: lookupOf(isNamed, resolve) } }),
    demand(url) {
      const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
      if (isNamed(host)) return;
      if (!mayBePublic) throw unlisted(host);
      // No name is looked up for an address.
      if (isIP(host) !== 0 && !isPublic(host)) throw inward(host);
    },
  };
}

/** The whole internet and all within; for tests and for what a person asks on the command line. */
export const ANYWHERE: Reach = { dispatcher: new Agent(), demand: () => {} };

/** What a name resolves to is looked at in the lookup that the connection is made by: a second one may say otherwise. */
function lookupOf(isNamed: (host: string) => boolean, resolve: Resolve): LookupFunction {
  const addressesOf = async (name: string, options: LookupOptions) => {
    const addresses = await resolve(name, { ...options, all: true });
    if (!isNamed(name) && !addresses.every(({ address }) => isPublic(address))) throw inward(name);
    // Without any, the lookup has failed.
    return addresses as [LookupAddress, ...LookupAddress[]];
  };
  return (name, options, callback) => {
    addressesOf(name, options).then(
      ([first, ...more]) =>
        options.all
          ? callback(null, [first, ...more])
          : callback(null, first.address, first.family),
      (error) => callback(error, []),
    );
  };
}

function fits(rule: string, host: string): boolean {
  return rule.startsWith('*.') ? host.endsWith(rule.slice(1)) : rule === host;
}

function inward(host: string): RetryableError {
  const message = `${host} has an address that is not public: if it is meant, name the host in GIT_HOSTS`;
  return new RetryableError('GitHostRefused', message);
}

function unlisted(host: string): RetryableError {
  return new RetryableError('GitHostRefused', `${host} is not one of GIT_HOSTS`);
}
