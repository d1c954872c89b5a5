// What an update of a Service keeps of what was allocated, and what it lets go.
import { isExternal } from './defaults-workloads.ts';
import { equalValues } from './equal.ts';
import type { GoType } from './go-types.ts';
import {
  count,
  needsClusterIp,
  needsHealthCheckPort,
  needsNodePort,
  setClusterIps,
  setFamilies,
  setNodePorts,
} from './service.ts';
import type { Service, ServiceSpec } from './shapes.ts';
import { Undetermined } from './undetermined.ts';

/** Sets what the new Service does not say from the old one, and allocates what is still missing. */
export function allocateForUpdate({ spec }: Service, { spec: old }: Service): void {
  if (!needsClusterIp(old)) delete old.internalTrafficPolicy;
  keepClusterIps(spec, old);
  keepNodePorts(spec, old);
  if (needsHealthCheckPort(spec) && needsHealthCheckPort(old) && old.healthCheckNodePort) {
    spec.healthCheckNodePort ??= old.healthCheckNodePort;
  }
  syncClusterIps(spec, old);
  if (needsClusterIp(spec)) updateFamilies(spec, old);
  setNodePorts(spec);
}

function keepClusterIps(spec: ServiceSpec, old: ServiceSpec): void {
  if (!needsClusterIp(spec) || !needsClusterIp(old)) return;
  if (old.clusterIP) spec.clusterIP ??= old.clusterIP;
  if (!count(spec.clusterIPs) && old.clusterIPs) spec.clusterIPs = old.clusterIPs;
}

function keepNodePorts(spec: ServiceSpec, old: ServiceSpec): void {
  if (!needsNodePort(spec) || !needsNodePort(old)) return;
  const inBoth = new Set(nodePorts(spec).filter((port) => nodePorts(old).includes(port)));
  const byName = new Map(old.ports?.map(({ name, nodePort }) => [name, nodePort]));
  for (const port of spec.ports ?? []) {
    const kept = byName.get(port.name);
    if (kept !== undefined && !inBoth.has(kept)) port.nodePort ??= kept;
  }
}

function nodePorts({ ports = [] }: ServiceSpec) {
  return ports.flatMap(({ nodePort }) => nodePort ?? []);
}

/** Clients that know only one of the two fields change the other with it. */
function syncClusterIps(spec: ServiceSpec, old: ServiceSpec): void {
  if (spec.clusterIP === old.clusterIP) {
    if (!count(spec.clusterIPs) && old.clusterIPs) spec.clusterIPs = old.clusterIPs;
  } else if (same('clusterIPs', spec, old)) {
    if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
    else if (old.clusterIP) delete spec.clusterIPs;
  }
}

function updateFamilies(spec: ServiceSpec, old: ServiceSpec): void {
  if (isUnchangedDualStack(spec, old)) return;
  const policy = spec.ipFamilyPolicy ?? old.ipFamilyPolicy;
  if (policy === 'SingleStack') dropSecond(spec, old);
  setFamilies(spec, old);
  const headless = Array.isArray(old.clusterIPs) && old.clusterIPs[0] === 'None';
  if (!headless) setClusterIps(spec);
}

function dropSecond(spec: ServiceSpec, old: ServiceSpec): void {
  const { clusterIPs, ipFamilies } = spec;
  if (Array.isArray(clusterIPs) && same('clusterIP', spec, old) && same('clusterIPs', spec, old))
    spec.clusterIPs = clusterIPs.slice(0, 1);
  if (Array.isArray(ipFamilies) && same('ipFamilies', spec, old))
    spec.ipFamilies = ipFamilies.slice(0, 1);
}

function isUnchangedDualStack(spec: ServiceSpec, old: ServiceSpec): boolean {
  return (
    spec.ipFamilyPolicy === 'PreferDualStack' &&
    (old.ipFamilyPolicy ?? 'PreferDualStack') === 'PreferDualStack' &&
    (['type', 'clusterIP', 'clusterIPs', 'ipFamilies'] as const).every((f) => same(f, spec, old))
  );
}

/** Drops what the new type of the Service has no use for, unless the request changed it. */
export function dropTypeDependent(service: Service, { spec: old }: Service): void {
  const { spec } = service;
  dropClusterIps(spec, old);
  if (hasNodePorts(old) && !hasNodePorts(spec)) dropNodePorts(spec, old);
  const idle = DEPENDENT.filter(([, needs]) => needs(old) && !needs(spec));
  for (const field of idle.flatMap(([fields]) => fields)) drop(field, spec, old);
  if (!isLoadBalancer(spec) && !(service.status instanceof Undetermined)) {
    service.status = { ...service.status, loadBalancer: {} };
  }
}

const isLoadBalancer = ({ type }: ServiceSpec) => type === 'LoadBalancer';

const DEPENDENT: [(keyof ServiceSpec)[], (spec: ServiceSpec) => boolean][] = [
  [['ipFamilies', 'ipFamilyPolicy'], needsClusterIp],
  [['healthCheckNodePort'], needsHealthCheckPort],
  [['allocateLoadBalancerNodePorts', 'loadBalancerClass'], isLoadBalancer],
  [['externalTrafficPolicy'], isExternal],
];

function dropClusterIps(spec: ServiceSpec, old: ServiceSpec): void {
  if (!needsClusterIp(old) || needsClusterIp(spec)) return;
  if (!same('clusterIP', spec, old) || !same('clusterIPs', spec, old)) return;
  delete spec.clusterIP;
  delete spec.clusterIPs;
}

function hasNodePorts({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function dropNodePorts(spec: ServiceSpec, old: ServiceSpec): void {
  if (!nodePorts(spec).every((port) => nodePorts(old).includes(port))) return;
  for (const port of spec.ports ?? []) delete port.nodePort;
}

function drop(field: keyof ServiceSpec, spec: ServiceSpec, old: ServiceSpec): void {
  if (same(field, spec, old)) delete spec[field];
}

const TEXTS: GoType = { kind: 'slice', of: { kind: 'scalar', name: 'string' } };

/** No field that is asked for is deeper than a list of texts. */
function same(field: keyof ServiceSpec, a: ServiceSpec, b: ServiceSpec): boolean {
  const list = Array.isArray(a[field]) || Array.isArray(b[field]);
  return list ? equalValues(TEXTS, a[field], b[field]) : a[field] === b[field];
}
