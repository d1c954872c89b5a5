// metadata of the objects in policy files.

import { byteLength } from '../go-text.ts';
import type { Metadata } from '../policy.ts';
import type { Scope } from '../resources.ts';
import { objectWith, requiredText, textMap } from './decode.ts';
import { type Field, isObject } from './field.ts';
import { labelValueProblems, qualifiedNameProblems, subdomainProblems } from './names.ts';

/** The fields of ObjectMeta: what is read from a cluster has them all. */
const FIELDS = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

const MAX_ANNOTATION_BYTES = 256 * 1024;

/** Returns the metadata; undefined where it has no name. */
export function readMetadata(field: Field, scope: Scope = 'Cluster'): Metadata | undefined {
  if (objectWith(field, FIELDS) === undefined) {
    if (field.missing) field.get('name').require('name is required');
    return undefined;
  }
  const name = requiredText(field.get('name'));
  if (name !== undefined) field.get('name').invalid(subdomainProblems(name));
  if (scope === 'Cluster' && !field.get('namespace').missing) {
    field.get('namespace').warn('objects of this kind have no namespace; this one is ignored');
  }
  const labels = readLabels(field.get('labels'));
  const annotations = readAnnotations(field.get('annotations'));
  return name === undefined ? undefined : { name, labels, annotations };
}

function readLabels(field: Field): Record<string, string> {
  const labels = textMap(field);
  for (const [key, value] of Object.entries(labels)) {
    complainOfKey(field.get(key), qualifiedNameProblems(key));
    field.get(key).invalid(labelValueProblems(value));
  }
  return labels;
}

function readAnnotations(field: Field): Record<string, string> {
  const annotations = textMap(field);
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    complainOfKey(field.get(key), qualifiedNameProblems(key.toLowerCase()));
    bytes += byteLength(key) + byteLength(value);
  }
  if (bytes > MAX_ANNOTATION_BYTES) {
    field.complain(`Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`);
  }
  return annotations;
}

function complainOfKey(field: Field, reasons: readonly string[]): void {
  for (const reason of reasons) field.complain(`the key is not valid: ${reason}`);
}

/** What a document says it is: apiVersion, kind, and the name and namespace where they are texts. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Returns what the object says it is; undefined where apiVersion or kind is no text. */
export function identityOf(value: unknown): Identity | undefined {
  if (!isObject(value)) return undefined;
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const metadata = isObject(value.metadata) ? value.metadata : {};
  return {
    apiVersion,
    kind,
    ...(typeof metadata.name === 'string' && metadata.name !== '' && { name: metadata.name }),
    ...(typeof metadata.namespace === 'string' &&
      metadata.namespace !== '' && { namespace: metadata.namespace }),
  };
}
