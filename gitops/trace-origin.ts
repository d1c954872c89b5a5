// Between a push and what comes of it lies the cluster: the traceparent of whoever changes an object stands in an
// annotation beside the change itself, so that it costs no write of its own.
import { WEBAPP, WEBAPP_SOURCE } from './kinds.ts';
import { hasWritten, type KubeObject } from './objects.ts';
import { revisionTried } from './reconcile/visit.ts';
import type { Origin } from './trace.ts';
import { ANNOTATION, annotation, OPERATOR, type WebApp, type WebAppSource } from './webapp.ts';

/** Returns what asked for the visit of a WebApp or a WebAppSource, or made the commit that a WebApp has, if it left word. */
export function traceOriginOf(object: KubeObject): Origin | undefined {
  const traceparent = annotation(object, ANNOTATION.traceparent);
  if (traceparent === '') return undefined;
  if (object.kind === WEBAPP.kind) return { traceparent, isNews: isNewRevision(object as WebApp) };
  const isNews = object.kind === WEBAPP_SOURCE.kind && isOurRequest(object as WebAppSource);
  return isNews ? { traceparent, isNews } : undefined;
}

function isNewRevision(webapp: WebApp): boolean {
  return annotation(webapp, ANNOTATION.revision) !== revisionTried(webapp.status ?? {});
}

const REQUEST = ['f:metadata', 'f:annotations', `f:${ANNOTATION.requestedAt}`];

/** A person may ask for a sync long after the last push, whose traceparent is still there. */
function isOurRequest(source: WebAppSource): boolean {
  const asked = annotation(source, ANNOTATION.requestedAt);
  const isAnswered = asked === (source.status?.lastHandledReconcileAt ?? '');
  return !isAnswered && hasWritten(source, OPERATOR, REQUEST);
}

/** Returns the annotations that leave word on an object beside a change to it; null takes away an earlier change's. */
export function tracingAnnotations(
  object: KubeObject,
  traceparent: string | undefined,
): Readonly<Record<string, string | null>> {
  const before = annotation(object, ANNOTATION.traceparent);
  if (traceparent === undefined && before === '') return {};
  return { [ANNOTATION.traceparent]: traceparent ?? null };
}
