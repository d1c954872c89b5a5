import type { KubeObject } from '../../../gitops/objects.ts';
import { eventually } from '../../cluster/eventually.ts';
import type { Ground } from '../ground.ts';
import { CONFLICT } from '../sides/api-server.ts';
import { type Circumstances, kindOf } from '../sides/ours.ts';
import { settled } from '../world.ts';
import type { Suite } from './suite.ts';

/** What stays: it takes long to go, and does no harm. */
const LASTING: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition']);

export interface Furnished extends AsyncDisposable {
  readonly about: Circumstances;
}

/** Makes what the suite wants to be there, and returns all that is known then. Disposing takes it away. */
export async function furnish(
  { cluster, examples }: Suite,
  { server, about }: Ground,
): Promise<Furnished> {
  const definitions = [
    ...about.definitions,
    ...cluster.filter(({ kind }) => kind === 'CustomResourceDefinition'),
  ];
  const namespaces = new Map(about.namespaces);
  const make = async (object: KubeObject) => {
    const of = kindOf(object, definitions);
    await eventually(`${object.kind} ${object.metadata.name} is there`, async () => {
      const { code } = await server.create(of, object);
      return code < 300 || code === CONFLICT;
    });
    if (object.kind !== 'Namespace') return;
    const { name } = object.metadata;
    namespaces.set(name, await settled(name, server));
  };
  const before = examples.flatMap((each) => each.before ?? []);
  const all = [...cluster, ...before];
  for (const object of all) await make(object);
  return {
    about: { ...about, namespaces, definitions },
    async [Symbol.asyncDispose]() {
      for (const object of all.filter(({ kind }) => !LASTING.has(kind))) {
        await server.delete(kindOf(object, definitions), object);
      }
    },
  };
}
