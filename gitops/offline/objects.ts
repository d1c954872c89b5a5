// Files -> the objects in them, ready to be judged, each with its places.
import type { PolicyFile, Resource } from '../../policies/index.ts';
import type { Problem } from '../../policies/problem.ts';
import { objectsOf } from '../../policies/vap/load/documents.ts';
import type { Field, Place } from '../../policies/vap/load/field.ts';
import { identityOf } from '../../policies/vap/load/metadata.ts';
import type { KubeObject } from '../objects.ts';
import type { Definitions } from './definitions.ts';

/** An object, and where it and its fields stand. */
export interface WrittenObject {
  readonly object: KubeObject;
  readonly resource: Resource;
  readonly place: Place;
  placeOf(path: readonly (string | number)[]): Place;
}

/** Where objects are read for. */
export interface Reading {
  readonly definitions: Definitions;
  /** The namespace of objects that name none. */
  readonly namespace: string;
  /** Gets what is wrong, in the order it is found. */
  readonly problems: Problem[];
}

/** Returns the objects of the files, Lists taken apart; what cannot be judged is a problem. */
export function objectsIn(files: readonly PolicyFile[], reading: Reading): WrittenObject[] {
  return files.flatMap((file) =>
    [...objectsOf(file, reading.problems)].flatMap((root) => readObject(root, reading) ?? []),
  );
}

/** Returns the object at a field; undefined where it is none that can be judged, which is a problem. */
export function readObject(field: Field, reading: Reading): WrittenObject | undefined {
  const identity = identityOf(field.value);
  if (identity === undefined) {
    field.complain('expected an object with apiVersion, kind and metadata');
    return undefined;
  }
  const { apiVersion, kind } = identity;
  const resource = reading.definitions.resourceOf(apiVersion, kind);
  if (resource === undefined) {
    const advice = 'put its CustomResourceDefinition beside the policies';
    field.get('kind').complain(`${kind} of ${apiVersion} is not known here: ${advice}`);
    return undefined;
  }
  if (!hasName(field)) {
    field.get('metadata').get('name').require('an object has a name');
    return undefined;
  }
  return {
    object: inNamespace(field.value as KubeObject, resource, reading.namespace),
    resource,
    place: field.place(),
    placeOf: (path) => path.reduce<Field>((at, key) => at.get(key), field).place(),
  };
}

function hasName(field: Field): boolean {
  const metadata = field.get('metadata');
  return ['name', 'generateName'].some((key) => {
    const { value } = metadata.get(key);
    return typeof value === 'string' && value !== '';
  });
}

function inNamespace(object: KubeObject, { scope }: Resource, namespace: string): KubeObject {
  if (scope === 'Cluster' || object.metadata.namespace) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}
