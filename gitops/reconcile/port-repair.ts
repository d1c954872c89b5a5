// The one drift that server-side apply cannot mend. Ports are keyed by number but their names must be unique:
// when somebody changes the number of our port, applying ours adds a second port of the same name, which the
// API server refuses. A strategic merge patch deletes theirs and sets ours in one call; it holds nothing but
// the ports, so that every other field stays with the apply that can remove it again.

import { DEPLOYMENT, SERVICE } from '../kinds.ts';
import { type FieldSet, isApplyOf, type KubeObject } from '../objects.ts';
import { OPERATOR } from '../webapp.ts';
import { CONTAINER } from './children.ts';

interface Port {
  readonly name?: string;
  readonly port?: number;
  readonly containerPort?: number;
  readonly protocol?: string;
}

/** Where a kind keeps its ports: in the object, in the field sets of its managers, and in a patch. */
interface Place {
  readonly number: 'port' | 'containerPort';
  readonly fields: readonly string[];
  ports(object: KubeObject): readonly Port[];
  patch(ports: readonly object[]): object;
}

interface PodSpec {
  readonly containers: readonly { readonly name: string; readonly ports?: readonly Port[] }[];
}

const PLACES: Record<string, Place> = {
  [SERVICE.kind]: {
    number: 'port',
    fields: ['f:spec', 'f:ports'],
    ports: (object) => (object.spec as { ports?: readonly Port[] }).ports ?? [],
    patch: (ports) => ({ spec: { ports } }),
  },
  [DEPLOYMENT.kind]: {
    number: 'containerPort',
    fields: [
      'f:spec',
      'f:template',
      'f:spec',
      'f:containers',
      `k:{"name":"${CONTAINER}"}`,
      'f:ports',
    ],
    ports: (object) => {
      const { spec } = (object.spec as { template: { spec: PodSpec } }).template;
      return spec.containers.find(({ name }) => name === CONTAINER)?.ports ?? [];
    },
    patch: (ports) => ({
      spec: { template: { spec: { containers: [{ name: CONTAINER, ports }] } } },
    }),
  },
};

/** Returns a strategic merge patch of the ports alone, or undefined when an apply will put them right. */
export function portRepair(desired: KubeObject, live: KubeObject): object | undefined {
  const place = PLACES[desired.kind];
  if (place === undefined) return undefined;
  const wanted = place.ports(desired);
  const usurpers = place.ports(live).filter((port) => {
    const ours = wanted.find(({ name }) => name === port.name);
    return ours && ours[place.number] !== port[place.number] && !fallsToApply(live, place, port);
  });
  if (usurpers.length === 0) return undefined;
  const deleted = usurpers.map((port) => ({
    $patch: 'delete',
    [place.number]: port[place.number],
  }));
  return place.patch([...deleted, ...wanted]);
}

/** An apply removes an item that only our own applies have owned. */
function fallsToApply(live: KubeObject, place: Place, port: Port): boolean {
  const item = `k:{"${place.number}":${port[place.number]},"protocol":"${port.protocol}"}`;
  const owners = (live.metadata.managedFields ?? []).filter(({ fieldsV1 }) =>
    [...place.fields, item].reduce<FieldSet | undefined>((set, member) => set?.[member], fieldsV1),
  );
  return owners.length > 0 && owners.every((entry) => isApplyOf(entry, OPERATOR));
}
