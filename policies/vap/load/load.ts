// Files of a repository -> the policies in them, ready to judge, and all that is wrong with them.
import { compareProblems, errorsIn, type Problem } from '../../problem.ts';
import { compilePolicy } from '../compile.ts';
import type { PolicySet } from '../policy-set.ts';
import { crossCheck } from './cross-check.ts';
import { objectsOf, type PolicyFile } from './documents.ts';
import { type Field, isObject } from './field.ts';
import { readBinding } from './load-binding.ts';
import { readKinds } from './load-kinds.ts';
import { readPolicy } from './load-policy.ts';
import { readWaiver } from './load-waiver.ts';
import { Loading, type LoadOptions } from './loading.ts';
import { identityOf } from './metadata.ts';
import { kindOf, type ObjectKind } from './object-kinds.ts';

export interface LoadedPolicies {
  readonly policies: PolicySet;
  /** In the order of files and lines. Without errors among them every policy in the files is judged. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the ValidatingAdmissionPolicies, bindings, parameters and waivers of some files. Every field of theirs is
 * honoured or is a finding. A policy with a field that cannot be read is left out; one with an expression that does not
 * compile stays, and evaluating that fails as the API server says.
 */
export function loadPolicies(
  files: readonly PolicyFile[],
  options: LoadOptions = {},
): LoadedPolicies {
  const problems: Problem[] = [];
  const loading = new Loading(options);
  for (const file of files) {
    for (const root of objectsOf(file, problems)) readObject(root, loading);
  }
  const policies = loading.finish();
  crossCheck(loading, policies);
  return { policies, problems: problems.sort(compareProblems) };
}

const READERS: Readonly<Record<ObjectKind, (root: Field, loading: Loading) => void>> = {
  policy: addPolicy,
  binding: addBinding,
  waiver: addWaiver,
  definition: (root, loading) => loading.addKinds(readKinds(root)),
  'unread version': (root) => root.get('apiVersion').complain('is read in version v1 only'),
  'unknown of the group': (root) => root.get('kind').complain('unknown kind of this group'),
  other: addParam,
};

function readObject(root: Field, loading: Loading): void {
  const identity = identityOf(root.value);
  if (identity) READERS[kindOf(identity)](root, loading);
  else complainOfNoKind(root);
}

/** Such a file may be a policy that lost its head, so it is an error where the file's name does not explain it. */
function complainOfNoKind(root: Field): void {
  const missing = ['apiVersion', 'kind'].filter((key) => typeof root.get(key).value !== 'string');
  if (/(^|\/)kustomization\.ya?ml$/i.test(root.source.path)) {
    root.warn('a Kustomization is not read: give the files that it makes');
  } else if (isObject(root.value)) {
    for (const key of missing) root.get(key).require();
  } else root.complain('expected an object with apiVersion and kind');
}

function hasErrors({ source }: Field, before: number): boolean {
  return errorsIn(source.problems.slice(before)).length > 0;
}

/** Runs a reader and returns what it read if it had nothing to complain of. */
function clean<T>(root: Field, read: (root: Field) => T | undefined): T | undefined {
  const before = root.source.problems.length;
  const result = read(root);
  return hasErrors(root, before) ? undefined : result;
}

/** Expressions are compiled in any case, so that all that is wrong is told at once. */
function addPolicy(root: Field, loading: Loading): void {
  const place = root.get('metadata').get('name');
  if (!loading.claim('policy', place)) return;
  const before = root.source.problems.length;
  const policy = readPolicy(root);
  const whole = !hasErrors(root, before);
  if (!policy) return;
  const compiled = compilePolicy(policy, root.get('spec'), loading.mode);
  if (whole) loading.addPolicy({ policy, compiled, place: place.place() }, root);
}

function addBinding(root: Field, loading: Loading): void {
  const place = root.get('metadata').get('name');
  if (!loading.claim('binding', place)) return;
  const binding = clean(root, readBinding);
  if (binding) loading.addBinding({ binding, place: place.place() }, root);
}

function addWaiver(root: Field, loading: Loading): void {
  const place = root.get('metadata').get('name');
  if (!loading.claim('waiver', place)) return;
  const waiver = clean(root, readWaiver);
  if (waiver) loading.addWaiver(waiver, root);
}

function addParam(root: Field, loading: Loading): void {
  const identity = identityOf(root.value);
  if (identity?.name !== undefined && isObject(root.value)) {
    loading.addCandidate({ ...identity, name: identity.name, object: root.value }, root);
  } else root.warn('an object without metadata.name is not read');
}
