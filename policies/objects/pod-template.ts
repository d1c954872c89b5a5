// What the API server drops from pods and pod templates because a feature is off or a field is no longer.
import type { Container, PodSpec, PodTemplateSpec } from './shapes.ts';

const DROPPED_ANNOTATIONS = [
  'pod.beta.kubernetes.io/init-containers',
  'pod.alpha.kubernetes.io/init-containers',
  'pod.beta.kubernetes.io/init-container-statuses',
  'pod.alpha.kubernetes.io/init-container-statuses',
];

/** Drops it from the struct. */
export function dropDisabledFields({ metadata, spec }: PodTemplateSpec): void {
  for (const name of DROPPED_ANNOTATIONS) delete metadata.annotations?.[name];
  for (const container of containersOf(spec)) dropStopSignal(container);
}

/** Returns all containers: those of initialisation first. */
export function containersOf(spec: PodSpec): Container[] {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = spec;
  return [...initContainers, ...containers, ...ephemeralContainers];
}

/** A lifecycle that said nothing else goes with it. */
function dropStopSignal(container: Container): void {
  const { stopSignal, ...rest } = container.lifecycle ?? {};
  if (stopSignal === undefined) return;
  if (Object.keys(rest).length > 0) container.lifecycle = rest;
  else delete container.lifecycle;
}
