// What the strategy of pods makes of a new one.
import { containersOf, dropDisabledFields } from './pod-template.ts';
import { equalQuantities } from './quantity.ts';
import type {
  Container,
  LabelSelector,
  Pod,
  PodAffinity,
  PodAffinityTerm,
  ResourceRequirements,
} from './shapes.ts';
import { someTime, Undetermined } from './undetermined.ts';

/** Sets what the API server sets before policies see the Pod. */
export function preparePod(pod: Pod): void {
  const { metadata, spec } = pod;
  metadata.generation = 1;
  dropDisabledFields(pod);
  pod.status = { phase: 'Pending', ...(spec.schedulingGates?.length && GATED) };
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const terms = [podAffinity, podAntiAffinity].flatMap(termsOf);
  for (const term of [...terms, ...(spec.topologySpreadConstraints ?? [])]) {
    applyLabelKeys(term, metadata.labels);
  }
  if (spec.os?.name !== 'windows') syncAppArmor(pod);
  setPodResources(pod);
}

const GATED = {
  conditions: [
    {
      type: 'PodScheduled',
      status: 'False',
      lastTransitionTime: someTime,
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
    },
  ],
};

function termsOf(affinity: PodAffinity | undefined): PodAffinityTerm[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: required = [] } = affinity ?? {};
  const { preferredDuringSchedulingIgnoredDuringExecution: preferred = [] } = affinity ?? {};
  return [...preferred.map(({ podAffinityTerm }) => podAffinityTerm), ...required];
}

type Labels = Pod['metadata']['labels'];

/** A selector that is not there matches nothing, whatever is added. */
function applyLabelKeys(term: PodAffinityTerm, labels: Labels): void {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (labelSelector === undefined) return;
  addRequirements(labelSelector, { keys: matchLabelKeys, operator: 'In', labels });
  addRequirements(labelSelector, { keys: mismatchLabelKeys, operator: 'NotIn', labels });
}

function addRequirements(
  selector: LabelSelector,
  { keys, operator, labels = {} }: { keys: string[]; operator: string; labels: Labels },
): void {
  const added = keys.flatMap((key) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  });
  if (added.length > 0)
    selector.matchExpressions = [...(selector.matchExpressions ?? []), ...added];
}

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

/** The annotations of old are copied into the fields of today. */
function syncAppArmor({ metadata, spec }: Pod): void {
  const pod = spec.securityContext?.appArmorProfile;
  for (const container of containersOf(spec)) {
    const annotation = metadata.annotations?.[`${APP_ARMOR}${container.name}`];
    const profile = typeof annotation === 'string' ? appArmorProfile(annotation) : undefined;
    const { securityContext = {} } = container;
    if (!profile || securityContext.appArmorProfile) continue;
    const isPods = pod?.type === profile.type && pod?.localhostProfile === profile.localhostProfile;
    if (!isPods) container.securityContext = { ...securityContext, appArmorProfile: profile };
  }
}

const MAX_PROFILE = 4095;

/** Returns undefined for what is no valid profile. */
function appArmorProfile(annotation: string) {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  const [, localhostProfile = ''] = /^localhost\/(.*)$/s.exec(annotation) ?? [];
  const valid =
    localhostProfile !== '' &&
    localhostProfile.trim() === localhostProfile &&
    new TextEncoder().encode(localhostProfile).length <= MAX_PROFILE;
  return valid ? { type: 'Localhost', localhostProfile } : undefined;
}

/** What a Pod's own resources are completed to is a sum over its containers that is not worked out here. */
function setPodResources({ spec, status }: Pod): void {
  const { resources } = spec;
  const given = resources as ResourceRequirements | undefined;
  const hasOwn = Boolean(size(given?.limits) || size(given?.requests));
  if (hasOwn) spec.resources = new Undetermined(resources);
  const qosClass = hasOwn
    ? new Undetermined('Burstable')
    : podQos(containersOf({ ...spec, ephemeralContainers: [] }));
  Object.assign(status, { qosClass });
}

function podQos(containers: readonly Container[]): string {
  const classes = new Set(containers.map(({ resources }) => containerQos(resources)));
  const [only = 'BestEffort'] = classes;
  return classes.size > 1 ? 'Burstable' : only;
}

/** cpu and memory alone count; guaranteed is who asks of both for just what the limits are. */
function containerQos({ requests = {}, limits = {} }: ResourceRequirements): string {
  const classes = new Set(['cpu', 'memory'].map((name) => qosOf(requests[name], limits[name])));
  const [only = 'BestEffort'] = classes;
  return classes.size > 1 ? 'Burstable' : only;
}

function qosOf(request = '0', limit = '0'): string {
  if (!equalQuantities(request, limit)) return 'Burstable';
  return equalQuantities(limit, '0') ? 'BestEffort' : 'Guaranteed';
}

function size(list: object | undefined): number {
  return Object.keys(list ?? {}).length;
}
