import { isConflict, isKeptOut } from '../api-error.ts';
import type { Cluster } from '../cluster.ts';
import { conditionOf } from '../conditions.ts';
import { WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { BUNDLE_MISSING, DENIED } from '../policy/refusal.ts';
import { ANNOTATION, annotating, annotation, type WebApp } from '../webapp.ts';

/**
 * Asks for a visit of each WebApp whose children a policy denied, once for each state of the policies, and of each whose
 * policies were missing: nothing about it has changed, so that nothing else would bring one soon.
 */
export async function askDenied(
  webapps: readonly KubeObject[],
  policiesDigest: string | undefined,
  cluster: Cluster,
): Promise<void> {
  const state = `policies-${policiesDigest ?? 'none'}`;
  for (const webapp of webapps) {
    const request = requestTo(webapp, state);
    if (request === undefined) continue;
    const fields = annotating(ANNOTATION.requestedAt, request);
    await cluster.patch(WEBAPP, webapp, { type: 'merge', fields }).catch((error: unknown) => {
      // Changed meanwhile, which brings a visit, too; or kept out by admission, and then the full check looks at it.
      if (!isConflict(error) && !isKeptOut(error)) throw error;
    });
  }
}

/** The policies that come back are often those of before, which were asked for then: such a request is told apart. */
function requestTo(webapp: KubeObject, state: string): string | undefined {
  const { status } = webapp as WebApp;
  const reason = conditionOf(status.conditions, 'Ready')?.reason;
  if (reason !== DENIED && reason !== BUNDLE_MISSING) return undefined;
  const asked = annotation(webapp, ANNOTATION.requestedAt);
  const [first, again] = [state, `${state}-again`] as const;
  if (asked !== first && asked !== again) return first;
  const isOpen = status.lastHandledReconcileAt !== asked;
  if (reason === DENIED || isOpen) return undefined;
  return asked === first ? again : first;
}
