// The kinds of Kubernetes itself that can be judged, and what the API server does to each before policies see it.
import { decode, type ShapeOf } from './decode.ts';
import { equalStructs, equalValues } from './equal.ts';
import { fieldsOf, type StructName } from './go-types.ts';
import { nextGeneration } from './metadata.ts';
import { preparePod } from './pod.ts';
import { addTolerations, admitPod } from './pod-admission.ts';
import { dropDisabledFields } from './pod-template.ts';
import { allocateForCreate } from './service.ts';
import { allocateForUpdate, dropTypeDependent } from './service-update.ts';
import type { NativeObject, Pod, PodDisruptionBudget, ServiceAccount } from './shapes.ts';

/** A kind: its struct and the hooks of its strategy and storage, after defaults and metadata are set. */
export interface NativeKind<T extends StructName = StructName> {
  readonly struct: T;
  readonly scope: 'Namespaced' | 'Cluster';
  prepareForCreate(object: ShapeOf<T>): void;
  prepareForUpdate(object: ShapeOf<T>, old: ShapeOf<T>): void;
}

function kind<T extends StructName>(kind: NativeKind<T>): NativeKind {
  // A kind's hooks are only ever given what its struct was decoded to.
  return kind as unknown as NativeKind;
}

const nothing = () => {};

/** By apiVersion and kind, a blank between them. */
export const NATIVE_KINDS: Readonly<Record<string, NativeKind>> = {
  'v1 ConfigMap': kind({
    struct: 'ConfigMap',
    scope: 'Namespaced',
    prepareForCreate: nothing,
    prepareForUpdate: nothing,
  }),
  'v1 ServiceAccount': kind({
    struct: 'ServiceAccount',
    scope: 'Namespaced',
    prepareForCreate: onlyNamesOfSecrets,
    prepareForUpdate: onlyNamesOfSecrets,
  }),
  'v1 Namespace': kind({
    struct: 'Namespace',
    scope: 'Cluster',
    prepareForCreate(namespace) {
      const { metadata, spec } = namespace;
      namespace.status = { phase: 'Active' };
      const given = spec.finalizers ?? [];
      if (!given.includes('kubernetes')) spec.finalizers = [...given, 'kubernetes'];
      if (metadata.name) {
        metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
      }
    },
    prepareForUpdate(namespace, old) {
      namespace.spec = old.spec;
      namespace.status = old.status;
    },
  }),
  'v1 Service': kind({
    struct: 'Service',
    scope: 'Namespaced',
    prepareForCreate(service) {
      allocateForCreate(service);
      service.status = { loadBalancer: {} };
    },
    prepareForUpdate(service, old) {
      allocateForUpdate(service, old);
      service.status = old.status;
      dropTypeDependent(service, old);
    },
  }),
  'v1 Pod': kind({
    struct: 'Pod',
    scope: 'Namespaced',
    prepareForCreate(pod) {
      admitPod(pod);
      preparePod(pod);
    },
    prepareForUpdate: updatePod,
  }),
  'apps/v1 Deployment': kind({
    struct: 'Deployment',
    scope: 'Namespaced',
    prepareForCreate(deployment) {
      resetStatus('Deployment', deployment);
      dropDisabledFields(deployment.spec.template);
    },
    prepareForUpdate(deployment, old) {
      dropDisabledFields(deployment.spec.template);
      keepStatus('Deployment', deployment, old);
      const [annotations, before] = [deployment.metadata.annotations, old.metadata.annotations];
      const bumped = deployment.metadata.generation !== old.metadata.generation;
      if (!bumped && !equalValues(TEXTS, annotations, before)) {
        deployment.metadata.generation = nextGeneration(old.metadata.generation);
      }
    },
  }),
  'networking.k8s.io/v1 Ingress': withGeneration('Ingress'),
  'autoscaling/v2 HorizontalPodAutoscaler': withGeneration('HorizontalPodAutoscaler'),
  'policy/v1 PodDisruptionBudget': kind({
    struct: 'PodDisruptionBudget',
    scope: 'Namespaced',
    prepareForCreate(budget) {
      resetStatus('PodDisruptionBudget', budget);
      stripBetaLabel(budget);
    },
    prepareForUpdate(budget, old) {
      keepStatus('PodDisruptionBudget', budget, old);
      const [selector, before] = [budget.spec.selector, old.spec.selector];
      const same = selector && before && equalStructs('LabelSelector', selector, before);
      if (!same) stripBetaLabel(budget);
    },
  }),
};

const TEXTS = { kind: 'map', of: { kind: 'scalar', name: 'string' } } as const;

function withGeneration(struct: 'Ingress' | 'HorizontalPodAutoscaler'): NativeKind {
  return kind({
    struct,
    scope: 'Namespaced',
    prepareForCreate: (object) => resetStatus(struct, object),
    prepareForUpdate: (object, old) => keepStatus(struct, object, old),
  });
}

/** A request cannot set the status; nor the generation, which begins at 1. */
function resetStatus(struct: StructName, object: NativeObject & { status: object }): void {
  object.metadata.generation = 1;
  object.status = decode(fieldStruct(struct, 'status'), undefined);
}

/** A request cannot change the status; the generation tells changes of the spec. */
function keepStatus(struct: StructName, object: WithStatus, old: WithStatus): void {
  object.status = old.status;
  if (!equalStructs(fieldStruct(struct, 'spec'), object.spec, old.spec)) {
    object.metadata.generation = nextGeneration(old.metadata.generation);
  }
}

interface WithStatus extends NativeObject {
  spec: object;
  status: object;
}

/** Returns the struct of a field that is a struct. */
export function fieldStruct(struct: StructName, name: string): StructName {
  const type = fieldsOf(struct).find((field) => field.name === name)?.type;
  if (type?.kind !== 'struct') throw new Error(`${struct}.${name} is no struct`);
  return type.name;
}

function onlyNamesOfSecrets(account: ServiceAccount): void {
  if (account.secrets) account.secrets = account.secrets.map(({ name }) => (name ? { name } : {}));
}

function updatePod(pod: Pod, old: Pod): void {
  const { priority, preemptionPolicy, resources } = old.spec;
  if (priority !== undefined) pod.spec.priority ??= priority;
  if (preemptionPolicy !== undefined) pod.spec.preemptionPolicy ??= preemptionPolicy;
  addTolerations(pod.spec);
  if (resources !== undefined) pod.spec.resources ??= resources;
  dropDisabledFields(pod);
  keepStatus('Pod', pod, old);
}

const BETA_LABEL = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match';

/** A label that meant something in policy/v1beta1; only a selector of it alone is left as it is. */
function stripBetaLabel({ spec: { selector } }: PodDisruptionBudget): void {
  if (!selector?.matchExpressions || equalStructs('LabelSelector', selector, MATCH_NONE)) return;
  selector.matchExpressions = selector.matchExpressions.filter(({ key }) => key !== BETA_LABEL);
}

const MATCH_NONE = { matchExpressions: [{ key: BETA_LABEL, operator: 'Exists' }] };
