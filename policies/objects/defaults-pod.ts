import type { Struct } from './decode.ts';
import { isLatest } from './image-tag.ts';
import type { Container, Pod, PodSpec } from './shapes.ts';

export const podDefaults = {
  Container: containerDefaults,
  EphemeralContainer: containerDefaults,
  Pod: onlyPodDefaults,
  PodSpec: podSpecDefaults,
  Volume: volumeDefaults,
} as const;

function containerDefaults(container: Container): void {
  container.imagePullPolicy ??= pullPolicy(container.image);
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
}

function pullPolicy(image = ''): string {
  return isLatest(image) ? 'Always' : 'IfNotPresent';
}

function volumeDefaults(volume: Struct): void {
  if (Object.keys(volume).every((field) => field === 'name')) volume.emptyDir = {};
  const image = volume.image as { reference?: string; pullPolicy?: string } | undefined;
  if (image) image.pullPolicy ??= pullPolicy(image.reference);
}

function podSpecDefaults(spec: PodSpec): void {
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  if (account !== undefined) Object.assign(spec, serviceAccountNamed(account));
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.restartPolicy ??= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ??= 'default-scheduler';
}

/** The two names of one field. */
export function serviceAccountNamed(name: string) {
  return { serviceAccountName: name, serviceAccount: name };
}

/** What pods get and pod templates do not. */
function onlyPodDefaults({ spec }: Pod): void {
  const { containers = [], initContainers = [] } = spec;
  const period = spec.terminationGracePeriodSeconds;
  if (typeof period === 'number' && period < 0) spec.terminationGracePeriodSeconds = 1;
  for (const container of [...containers, ...initContainers]) {
    requestsFromLimits(container);
    if (spec.hostNetwork) hostPorts(container);
  }
  spec.enableServiceLinks ??= true;
}

function requestsFromLimits({ resources }: Container): void {
  if (resources.limits) resources.requests = { ...resources.limits, ...resources.requests };
}

function hostPorts({ ports = [] }: Container): void {
  for (const port of ports) {
    if (port.containerPort !== undefined) port.hostPort ??= port.containerPort;
  }
}
