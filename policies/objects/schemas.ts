import type { CustomResource } from './custom-resource.ts';
import { isObject, type JsonObject } from './json.ts';

/** Returns what a CustomResourceDefinition declares of a kind; undefined where there is none of it. */
export type SchemaSource = (apiVersion: string, kind: string) => CustomResource | undefined;

/** Returns the kinds that CustomResourceDefinitions (apiextensions.k8s.io/v1) serve. Other objects are passed over. */
export function schemasOf(objects: Iterable<JsonObject>): SchemaSource {
  const resources = new Map<string, CustomResource>();
  for (const object of objects) {
    if (!isDefinition(object)) continue;
    const { group, names, scope, versions } = object.spec;
    for (const { name, served, ...version } of versions) {
      if (served) resources.set(`${group}/${name} ${names.kind}`, { ...version, scope });
    }
  }
  return (apiVersion, kind) => resources.get(`${apiVersion} ${kind}`);
}

interface CustomResourceDefinition extends JsonObject {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly scope: CustomResource['scope'];
    readonly versions: readonly ({ name: string; served: boolean } & CustomResource)[];
  };
}

/** A definition is taken to be one that the API server would accept. */
function isDefinition(object: JsonObject): object is CustomResourceDefinition {
  return (
    object.apiVersion === 'apiextensions.k8s.io/v1' &&
    object.kind === 'CustomResourceDefinition' &&
    isObject(object.spec)
  );
}
