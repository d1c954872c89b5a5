// What is in a namespace, as objects and as comparable lines.
import {
  AUTOSCALER,
  CHILD_KINDS,
  CONFIG_MAP,
  DEPLOYMENT,
  INGRESS,
  type Kind,
  POLICY_BUNDLE,
  SERVICE,
  WEBAPP,
  WEBAPP_SOURCE,
} from '../../gitops/kinds.ts';
import { controllerOf, type KubeObject } from '../../gitops/objects.ts';
import type { Fields } from './journal.ts';

/** Objects by Kind/name, in the order in which their events are told. */
export type State = ReadonlyMap<string, KubeObject>;
/** Values by `Kind/name path`. */
export type Flat = ReadonlyMap<string, string>;

/** All kinds that the functions write, and ConfigMaps, which they must not; events are told in this order. */
export const KINDS: readonly Kind[] = [
  WEBAPP_SOURCE,
  WEBAPP,
  DEPLOYMENT,
  SERVICE,
  INGRESS,
  AUTOSCALER,
  POLICY_BUNDLE,
  CONFIG_MAP,
];

/** Returns Kind/name. */
export function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}

/** Returns whether the controllers of Kubernetes have nothing left to do: rollouts are over, what lost its owner is gone. */
export function isCalm(state: State): boolean {
  const uids = new Set([...state.values()].map(({ metadata }) => metadata.uid));
  return [...state.values()].every((object) => {
    const owner = controllerOf(object);
    const isGoing = object.metadata.deletionTimestamp !== undefined;
    const isOrphan = owner?.kind === WEBAPP.kind && !uids.has(owner.uid);
    if (isGoing || isOrphan) return false;
    const scaler = state.get(`${AUTOSCALER.kind}/${object.metadata.name}`);
    return object.kind !== DEPLOYMENT.kind || (isRolledOut(object) && isInRange(object, scaler));
  });
}

function isInRange({ spec }: Fields, scaler: Fields | undefined): boolean {
  const { minReplicas = 0, maxReplicas = Number.POSITIVE_INFINITY } = scaler?.spec ?? {};
  return spec.replicas === 0 || (spec.replicas >= minReplicas && spec.replicas <= maxReplicas);
}

/** Returns whether a Deployment has exactly the pods it asks for, all of its newest version. */
export function isRolledOut({ metadata, spec, status }: Fields): boolean {
  const {
    observedGeneration = 0,
    replicas = 0,
    updatedReplicas = 0,
    availableReplicas = 0,
  } = status;
  const counts = [replicas, updatedReplicas, availableReplicas];
  return observedGeneration >= metadata.generation && counts.every((n) => n === spec.replicas);
}

/** Times and counters of writes, which a fault may well change. */
const NOT_COMPARED = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'observedGeneration',
  'creationTimestamp',
  'lastTransitionTime',
  'firstReadyAt',
  // Counted by Kubernetes' own controller.
  'deployment.kubernetes.io/revision',
]);

/** Returns the state as lines to compare, with these texts replaced. The status of children is not ours. */
export function flatten(state: State, replaced: ReadonlyMap<string, string>): Flat {
  const flat = new Map<string, string>();
  for (const [key, object] of state) {
    const { status, ...rest } = object;
    const ours = CHILD_KINDS.some(({ kind }) => kind === object.kind) ? rest : object;
    flat.set(key, 'there');
    for (const [path, value] of leaves(ours)) {
      const text = [...replaced].reduce((so, [from, to]) => so.replaceAll(from, to), `${value}`);
      flat.set(`${key} ${path}`, text);
    }
  }
  return flat;
}

function* leaves(value: unknown, path = ''): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null) return yield [path, value];
  for (const [key, inner] of Object.entries(value)) {
    if (!NOT_COMPARED.has(key)) yield* leaves(inner, path === '' ? key : `${path}.${key}`);
  }
}

/** Returns the lines that are in only one of them or differ, those of `masked` left out. */
export function differences(wanted: Flat, found: Flat, masked: ReadonlySet<string>): string[] {
  const lines = new Set([...wanted.keys(), ...found.keys()]);
  return [...lines]
    .filter((line) => !masked.has(line) && wanted.get(line) !== found.get(line))
    .map(
      (line) =>
        `${line}: ${found.get(line) ?? 'absent'} instead of ${wanted.get(line) ?? 'absent'}`,
    );
}

/** What tells of the past, or of one object and no other. What held a WebApp back once stays written, and is told no more. */
const OF_THE_PAST =
  /(uid|clusterIPs?(\.0)?|nodePort|[rR]evision|requestedAt|lastHandledReconcileAt|held-back|example\.org\/note)$| status\.policy\.|^PolicyBundle\/fleet spec\.revision/;

/** Returns the lines of these states in which two worlds with the same wishes may differ. */
export function maskOf(...flats: readonly Flat[]): Set<string> {
  return new Set(
    flats.flatMap((flat) => [...flat.keys()].filter((line) => OF_THE_PAST.test(line))),
  );
}
