// The `resources` of a rule: pods, pods/log, pods/*, */scale, * and */*, and which of them may stand together.
import type { Field } from './field.ts';

/** Complains as the API server does of resources that repeat what a wildcard beside them says. */
export function checkResources(field: Field, resources: readonly string[]): void {
  if (resources.length === 0) field.require();
  resources.forEach((each, index) => {
    if (each === '') field.get(index).require();
    else field.get(index).invalid(coveredBy(each, resources.slice(0, index)));
  });
  if (resources.length > 1 && resources.includes('*/*')) {
    field.invalid(["if '*/*' is present, must not specify other resources"]);
  }
  if (resources.includes('*') && endsWithoutSubresource(resources)) {
    field.invalid(["if '*' is present, must not specify other resources without subresources"]);
  }
}

/** Says which wildcards written before it cover the resource; only one with a subresource can be covered. */
function coveredBy(resource: string, before: readonly string[]): string[] {
  const { name, subresource } = splitResource(resource);
  if (subresource === undefined) return [];
  return [`${name}/*`, `*/${subresource}`]
    .filter((wildcard) => before.includes(wildcard))
    .map((wildcard) => `if '${wildcard}' is present, must not specify ${resource}`);
}

/** The API server remembers only the last entry without a slash. */
function endsWithoutSubresource(resources: readonly string[]): boolean {
  const plain = resources.filter((each) => each !== '' && !each.includes('/'));
  return plain.length > 0 && plain.at(-1) !== '*';
}

/** Splits pods/log; without a slash there is no subresource. */
export function splitResource(resource: string): { name: string; subresource?: string } {
  const slash = resource.indexOf('/');
  if (slash < 0) return { name: resource };
  return { name: resource.slice(0, slash), subresource: resource.slice(slash + 1) };
}
