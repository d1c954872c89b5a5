// CustomResourceDefinition, as far as it tells what kinds of parameters and objects there are.

import type { Resource } from '../resources.ts';
import { type Field, isObject } from './field.ts';

/** Returns the kind in each version that is served. What the API server would refuse is left to the API server. */
export function readKinds(root: Field): Resource[] {
  const spec = root.get('spec');
  const group = spec.get('group').value;
  const kind = spec.get('names').get('kind').value;
  const resource = spec.get('names').get('plural').value;
  const versions = spec.get('versions').value;
  if (typeof group !== 'string' || typeof kind !== 'string' || typeof resource !== 'string') {
    spec.warn('a definition without group, names.kind and names.plural is not read');
    return [];
  }
  const scope = spec.get('scope').value === 'Cluster' ? 'Cluster' : 'Namespaced';
  return (Array.isArray(versions) ? versions : []).flatMap((version: unknown) => {
    if (!isObject(version) || typeof version.name !== 'string' || version.served === false)
      return [];
    return { group, version: version.name, kind, resource, scope };
  });
}
