// Whether a rule of a policy names a request.

import { splitResource } from './load/resource-names.ts';
import type { ResourceRule } from './policy.ts';
import {
  type AdmissionInput,
  type GroupVersionResource,
  sameResource,
  targetOf,
} from './request.ts';

const NAMESPACES: GroupVersionResource = { group: '', version: 'v1', resource: 'namespaces' };

/** Returns whether the rule names the request, taken as one for `resource`. */
export function ruleNames(
  rule: ResourceRule,
  input: AdmissionInput,
  resource: GroupVersionResource,
): boolean {
  const { name } = targetOf(input);
  return (
    hasScope(rule, input, resource) &&
    includes(rule.operations, input.operation) &&
    includes(rule.apiGroups, resource.group) &&
    includes(rule.apiVersions, resource.version) &&
    rule.resources.some((each) => covers(each, resource.resource, input.subResource ?? '')) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(name))
  );
}

function includes(items: readonly string[], wanted: string): boolean {
  return items.includes('*') || items.includes(wanted);
}

/** A namespace counts as cluster-scoped, although it is in the namespace of its own name. */
function hasScope(
  { scope }: ResourceRule,
  input: AdmissionInput,
  resource: GroupVersionResource,
): boolean {
  if (scope === '*') return true;
  const inNamespace = !sameResource(resource, NAMESPACES) && targetOf(input).namespace !== '';
  return inNamespace === (scope === 'Namespaced');
}

/** `pods` names no subresource; `pods/*` names pods, too. */
function covers(rule: string, resource: string, subresource: string): boolean {
  const { name, subresource: sub = '' } = splitResource(rule);
  return (name === '*' || name === resource) && (sub === '*' || sub === subresource);
}
