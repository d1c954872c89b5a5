// What somebody with kubectl does beside Git.
import { despiteConflicts } from '../../gitops/attempts.ts';
import { DEPLOYMENT, INGRESS, type Kind, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { Random } from '../helpers/random.ts';
import type { Wishes } from './wishes.ts';
import { NAMESPACE, type World } from './world.ts';

interface Edit {
  readonly of: Kind;
  /** A merge patch; without it the object is deleted. */
  readonly fields?: object;
}

const NOTE = { metadata: { annotations: { 'example.org/note': 'seen' } } };

/** Each as often as it stands here. */
const EDITS: readonly Edit[] = [
  { of: DEPLOYMENT, fields: { spec: { replicas: 4 } } },
  { of: DEPLOYMENT, fields: { spec: { replicas: 0 } } },
  { of: DEPLOYMENT, fields: NOTE },
  { of: DEPLOYMENT },
  { of: SERVICE, fields: { spec: { type: 'NodePort' } } },
  { of: SERVICE },
  { of: INGRESS, fields: { metadata: { labels: { 'app.kubernetes.io/managed-by': 'me' } } } },
  { of: INGRESS },
  { of: WEBAPP, fields: { spec: { replicas: 3 } } },
  { of: WEBAPP },
];

/** Edits or deletes one object of a WebApp, and returns whether there was one to. Only what is at rest is deleted. */
export async function meddle(
  name: string,
  wishes: Wishes,
  { world, random }: { world: World; random: Random },
): Promise<boolean> {
  const { of, fields } = random.pick(EDITS);
  const { cluster } = world.admin;
  if (fields === undefined && !wishes.isAtRest(name, world.look())) return false;
  return despiteConflicts(async () => {
    const live = await cluster.get(of, { namespace: NAMESPACE, name });
    if (live === undefined || live.metadata.deletionTimestamp) return false;
    if (fields) await cluster.patch(of, live, { type: 'merge', fields });
    else await cluster.delete(of, live);
    if (fields === undefined) wishes.takenAway(live);
    return true;
  });
}
