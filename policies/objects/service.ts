// What the API server allocates for a Service: before policies see it, so they see that it is there.
import type { Service, ServicePort, ServiceSpec, Text } from './shapes.ts';
import { Undetermined } from './undetermined.ts';

const EXAMPLE_IP = { IPv4: '10.96.0.10', IPv6: 'fd00::10' } as const;
const EXAMPLE_PORT = 30_000;

/** Allocates what a new Service needs. */
export function allocateForCreate({ spec }: Service): void {
  if (spec.clusterIP && !count(spec.clusterIPs)) spec.clusterIPs = [spec.clusterIP];
  if (needsClusterIp(spec)) {
    setFamilies(spec);
    setClusterIps(spec);
  }
  if (needsNodePort(spec)) shareNodePorts(spec);
  setNodePorts(spec);
}

/** Sets families and their policy. A cluster's own families are not known; most have IPv4 alone. */
export function setFamilies(spec: ServiceSpec, old?: ServiceSpec): void {
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (isSpecial(spec) ? BOTH : ONE);
  if (spec.ipFamilies instanceof Undetermined || spec.clusterIPs instanceof Undetermined) return;
  const families = familiesOf(spec.ipFamilies ?? [], spec.clusterIPs ?? []);
  if (families.length === 0) families.push(new Undetermined('IPv4'));
  spec.ipFamilies = families.length > 1 ? families : completed(families, spec);
}

const ONE = 'SingleStack';
const BOTH = 'RequireDualStack';

/** The one kind of Service that has two families whatever the cluster has. */
function isSpecial({ clusterIP, selector = {} }: ServiceSpec): boolean {
  return clusterIP === 'None' && Object.keys(selector).length === 0;
}

function completed(families: Text[], spec: ServiceSpec): Text[] | Undetermined {
  const [first] = families;
  if (first === undefined || spec.ipFamilyPolicy === ONE) return families;
  const both = spec.ipFamilyPolicy === BOTH || isSpecial(spec);
  return both ? [first, otherFamily(first)] : new Undetermined([exampleOf(first)]);
}

/** The families that were given, and those of addresses beyond them. */
function familiesOf(families: readonly Text[], clusterIps: readonly Text[]): Text[] {
  const addresses = clusterIps[0] === 'None' ? [] : clusterIps;
  return [...families, ...addresses.slice(families.length).map(familyOf)];
}

function familyOf(address: Text): Text {
  const family = exampleOf(address).includes(':') ? 'IPv6' : 'IPv4';
  return address instanceof Undetermined ? new Undetermined(family) : family;
}

function otherFamily(family: Text): Text {
  const other = exampleOf(family) === 'IPv4' ? 'IPv6' : 'IPv4';
  return family instanceof Undetermined ? new Undetermined(other) : other;
}

function exampleOf(text: Text): string {
  return text instanceof Undetermined ? String(text.example) : text;
}

/** Sets an address for each family that has none; a headless Service has none at all. */
export function setClusterIps(spec: ServiceSpec): void {
  const { ipFamilies: families = [] } = spec;
  if (spec.clusterIPs instanceof Undetermined || spec.clusterIPs?.[0] === 'None') return;
  const given = spec.clusterIPs ?? [];
  const known = families instanceof Undetermined ? [new Undetermined('IPv4')] : families;
  const addresses = known.map((family, at) => given[at] || someAddress(family));
  spec.clusterIPs =
    families instanceof Undetermined ? new Undetermined(addresses.map(exampleOf)) : addresses;
  if (addresses[0] !== undefined) spec.clusterIP = addresses[0];
}

function someAddress(family: Text): Undetermined {
  return new Undetermined(EXAMPLE_IP[exampleOf(family) === 'IPv6' ? 'IPv6' : 'IPv4']);
}

/** In a new Service, ports of one number share their node port. */
function shareNodePorts({ ports = [] }: ServiceSpec): void {
  const shared = new Map<ServicePort['port'], ServicePort['nodePort']>();
  for (const { port, nodePort } of ports) {
    if (nodePort !== undefined && !shared.has(port)) shared.set(port, nodePort);
  }
  for (const port of ports) {
    const nodePort = shared.get(port.port);
    if (nodePort !== undefined) port.nodePort ??= nodePort;
  }
}

/** Sets the node ports that are missing. */
export function setNodePorts(spec: ServiceSpec): void {
  if (needsNodePort(spec)) {
    for (const port of spec.ports ?? []) port.nodePort ??= new Undetermined(EXAMPLE_PORT);
  }
  if (needsHealthCheckPort(spec)) spec.healthCheckNodePort ??= new Undetermined(EXAMPLE_PORT);
}

export function needsClusterIp({ type }: ServiceSpec): boolean {
  return type !== 'ExternalName';
}

/** Tells whether the Service gets node ports that were not asked for. */
export function needsNodePort({ type, allocateLoadBalancerNodePorts: allocate }: ServiceSpec) {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocate !== false);
}

export function needsHealthCheckPort({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

export function count(list: readonly unknown[] | Undetermined | undefined): number {
  return list instanceof Undetermined ? 1 : (list?.length ?? 0);
}
