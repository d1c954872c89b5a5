import { isObject, type JsonObject } from './json.ts';

/** Metadata that `namespaceObject` has. */
const METADATA: ReadonlySet<string> = new Set([
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'finalizers',
]);

/** Returns `namespaceObject` as policies see it, of a Namespace as admittedObject() shows it or the cluster stores it. */
export function namespaceObject({ metadata, spec, status }: JsonObject): JsonObject {
  const fields = isObject(metadata) ? Object.entries(metadata) : [];
  return {
    metadata: Object.fromEntries(fields.filter(([name]) => METADATA.has(name))),
    spec: spec ?? {},
    status: status ?? {},
  };
}
