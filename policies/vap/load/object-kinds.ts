import { ADMISSION_GROUP, ADMISSION_VERSION } from '../policy.ts';
import { builtInKind, splitApiVersion } from '../resources.ts';
import { WAIVER_KIND, WAIVER_VERSION } from './load-waiver.ts';
import type { Identity } from './metadata.ts';

/** What an object among policy files is read as. Other objects may be parameters. */
export type ObjectKind =
  | 'policy'
  | 'binding'
  | 'waiver'
  | 'definition'
  | 'unread version'
  | 'unknown of the group'
  | 'other';

const POLICY = 'ValidatingAdmissionPolicy';
const BINDING = 'ValidatingAdmissionPolicyBinding';

/** Kinds that are read as themselves, by apiVersion and kind. */
const READ: Readonly<Record<string, ObjectKind>> = {
  [`${ADMISSION_VERSION} ${POLICY}`]: 'policy',
  [`${ADMISSION_VERSION} ${BINDING}`]: 'binding',
  [`${WAIVER_VERSION} ${WAIVER_KIND}`]: 'waiver',
  'apiextensions.k8s.io/v1 CustomResourceDefinition': 'definition',
};

/** Returns what the object is read as. A policy whose kind or version is misspelt is not taken for something else. */
export function kindOf({ apiVersion, kind }: Identity): ObjectKind {
  const name = `${apiVersion} ${kind}`;
  const read = Object.hasOwn(READ, name) ? READ[name] : undefined;
  if (read) return read;
  const { group } = splitApiVersion(apiVersion);
  if (kind === POLICY || kind === BINDING || kind === WAIVER_KIND) return 'unread version';
  if (group !== ADMISSION_GROUP) return 'other';
  return builtInKind(ADMISSION_VERSION, kind) ? 'other' : 'unknown of the group';
}
