import { isConflict, isKeptOut } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import { conditionOf } from '../conditions.ts';
import { WEBAPP } from '../kinds.ts';
import type { Condition, KubeObject } from '../objects.ts';
import { ANNOTATION, annotating, annotation } from '../webapp.ts';

/**
 * Asks for a visit of each WebApp whose children a policy denied, once for each state of the policies: nothing about it
 * has changed, so that nothing else would bring one before the next full check.
 */
export async function askDenied(
  webapps: readonly KubeObject[],
  policiesDigest: string | undefined,
  cluster: Cluster,
): Promise<void> {
  const value = `policies-${policiesDigest ?? 'none'}`;
  const fields = annotating(ANNOTATION.requestedAt, value);
  for (const webapp of webapps.filter(isDenied)) {
    if (annotation(webapp, ANNOTATION.requestedAt) === value) continue;
    await cluster.patch(WEBAPP, webapp, { type: 'merge', fields }).catch((error: unknown) => {
      // Changed meanwhile, which brings a visit, too; or kept out by admission, and then the full check looks at it.
      if (!isConflict(error) && !isKeptOut(error)) throw error;
    });
  }
}

function isDenied({ status }: KubeObject): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly Condition[] };
  return conditionOf(conditions, 'Ready')?.reason === 'PolicyDenied';
}
