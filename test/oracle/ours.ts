// Our answer to the very request that the API server gets.

import type { Kind } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { parseJson } from '../../policies/cel/json.ts';
import {
  type AdmissionInput,
  type Decision,
  evaluatePolicies,
  loadPolicies,
  type PolicyFile,
  type PolicySet,
  type Problem,
  type Verdict,
  verdict,
} from '../../policies/index.ts';
import { admittedObject, namespaceObject, schemasOf } from '../../policies/objects/index.ts';

/** What both sides know. */
export interface World {
  readonly namespace: KubeObject;
  readonly definitions: readonly KubeObject[];
  readonly user: { readonly username: string; readonly groups: readonly string[] };
}

export interface OurAnswer {
  readonly decisions: readonly Decision[];
  readonly verdict: Verdict;
}

/** Loads policies as they are when they are written; parameters belong to the namespace. */
export function load(objects: readonly KubeObject[], { namespace }: World) {
  const files: PolicyFile[] = objects.map((object, index) => ({
    path: String(index),
    text: JSON.stringify(object),
  }));
  return loadPolicies(files, { namespace: namespace.metadata.name });
}

/** Returns our answer; throws where we do not know what the API server makes of the object. */
export function answer(
  set: PolicySet,
  { of, object, oldObject }: { of: Kind; object: KubeObject; oldObject?: KubeObject },
  world: World,
): OurAnswer {
  const { namespace, definitions, user } = world;
  const exact = (value: object) => parseJson(JSON.stringify(value)) as KubeObject;
  const admitted = admittedObject({
    object: exact(object),
    ...(oldObject && { oldObject: exact(oldObject) }),
    namespace: namespace.metadata.name,
    schemas: schemasOf(definitions),
  });
  if (admitted.kind !== 'admitted') throw new Error(JSON.stringify(admitted));
  const [version = '', group = ''] = of.apiVersion.split('/').reverse();
  const options = { apiVersion: 'meta.k8s.io/v1', dryRun: ['All'], fieldManager: 'oracle' };
  const input: AdmissionInput = {
    operation: oldObject ? 'UPDATE' : 'CREATE',
    kind: { group, version, kind: of.kind },
    resource: { group, version, resource: of.plural },
    object: admitted.object,
    oldObject: admitted.oldObject ?? null,
    namespaceObject: namespaceObject(namespace),
    dryRun: true,
    options: { kind: oldObject ? 'UpdateOptions' : 'CreateOptions', ...options },
    userInfo: user,
    now: Date.now(),
  };
  const decisions = evaluatePolicies(set, input);
  return { decisions, verdict: verdict(decisions, input) };
}

/** Returns the index of each validation that cannot be written, by what is said of it. */
export function refused(problems: readonly Problem[]): Map<number, string> {
  return new Map(
    problems.flatMap(({ message, severity }): [number, string][] => {
      const [, index] = /^spec\.validations\[(\d+)\]/.exec(message) ?? [];
      return index === undefined || severity ? [] : [[Number(index), message]];
    }),
  );
}
