// Objects as the API server gives them, with as little written down as a test needs.
import type { Kind } from '../../gitops/kinds.ts';
import type { FieldSet, KubeObject, ManagedFields, ObjectMeta } from '../../gitops/objects.ts';
import type { Children } from '../../gitops/reconcile/plan.ts';
import type { WebAppSourceStatus, WebAppStatus } from '../../gitops/webapp.gen.ts';
import { OPERATOR, type WebApp, type WebAppSource } from '../../gitops/webapp.ts';
import type { Problem } from '../../policies/problem.ts';
import { parseYaml, type YamlDocument } from '../../policies/yaml.ts';

/** 2026-01-02T03:04:05Z, the present of tests that need one. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

interface Parts<Spec, Status> {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Partial<Spec>;
  readonly status?: Status;
}

/** Returns a WebApp with the defaults of the CRD: shop in default, as it is before the first visit. */
export function webapp({
  metadata,
  spec,
  status,
}: Parts<WebApp['spec'], WebAppStatus> = {}): WebApp {
  return {
    apiVersion: 'example.com/v1',
    kind: 'WebApp',
    metadata: {
      name: 'shop',
      namespace: 'default',
      uid: 'uid-of-shop',
      resourceVersion: '7',
      generation: 1,
      ...metadata,
    },
    spec: {
      image: 'nginx:1.27',
      replicas: 1,
      port: 80,
      securityProfile: 'baseline',
      deletionPolicy: 'Delete',
      suspend: false,
      ...spec,
    },
    status: status ?? { observedGeneration: -1 },
  };
}

/** Returns a WebAppSource with the defaults of the CRD. */
export function webappSource({
  metadata,
  spec,
  status,
}: Parts<WebAppSource['spec'], WebAppSourceStatus> = {}): WebAppSource {
  return {
    apiVersion: 'example.com/v1',
    kind: 'WebAppSource',
    metadata: {
      name: 'team',
      namespace: 'default',
      uid: 'uid-of-team',
      resourceVersion: '7',
      generation: 1,
      ...metadata,
    },
    spec: {
      url: 'https://git.example.org/team/apps.git',
      branch: 'main',
      path: '.',
      interval: '5m',
      prune: true,
      pruneLimit: { count: 5, percent: 50 },
      deletionPolicy: 'Orphan',
      atomic: false,
      suspend: false,
      ...spec,
    },
    status: status ?? { observedGeneration: -1 },
  };
}

/** Returns the children that were read: all of the kinds, absent where no object is given. */
export function childrenOf(objects: readonly KubeObject[], kinds: readonly Kind[]): Children {
  return new Map(kinds.map(({ kind }) => [kind, objects.find((object) => object.kind === kind)]));
}

/** Returns the object as it lives after our apply: with a uid, a version, and us as the owner of `fields`. */
export function applied(desired: KubeObject, fields: FieldSet = {}): KubeObject {
  const uid = `uid-of-${desired.kind.toLowerCase()}`;
  return {
    ...desired,
    metadata: {
      ...desired.metadata,
      uid,
      resourceVersion: '9',
      managedFields: [managed(fields)],
    },
  };
}

/** Returns one manager's entry of managedFields; our own apply unless it says otherwise. */
export function managed(fieldsV1: FieldSet, entry: Partial<ManagedFields> = {}): ManagedFields {
  return { manager: OPERATOR, operation: 'Apply', ...entry, fieldsV1 };
}

/** Returns the object with other metadata. */
export function having<T extends KubeObject>(object: T, metadata: Partial<ObjectMeta>): T {
  return { ...object, metadata: { ...object.metadata, ...metadata } };
}

/** Returns the documents of a text that must be readable. */
export function documentsOf(text: string): readonly YamlDocument[] {
  const file = parseYaml(text, 'a.yaml');
  if (file.kind === 'broken') throw new Error(file.problem.message);
  return file.documents;
}

/** Returns a finding as line:column message. */
export function told({ line, column, message }: Problem): string {
  return `${line}:${column} ${message}`;
}

/** Returns the value at a path such as spec.ports.0.port; undefined where there is none. */
export function at(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => Object(value ?? {})[key], object);
}
