import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';

/**
 * Why a tick finds a visit due. unobserved: it changed, and no visit followed yet. retry: its back-off is over.
 * progressing: its rollout goes on. moved: its branch did, without a webhook. drift: it is its turn.
 */
export type DueReason = 'unobserved' | 'retry' | 'progressing' | 'moved' | 'drift';

/** Returns why a visit is due of an object that is observed or not; `otherwise` is why one is that is. */
export function dueReason(
  object: KubeObject,
  isObserved: boolean,
  otherwise: DueReason,
): DueReason {
  if (isObserved) return otherwise;
  return annotation(object, ANNOTATION.retry) === '' ? 'unobserved' : 'retry';
}
