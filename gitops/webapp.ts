import type { KubeObject, ObjectMeta } from './objects.ts';
import type {
  WebAppSourceSpec,
  WebAppSourceStatus,
  WebAppSpec,
  WebAppStatus,
} from './webapp.gen.ts';

/** A WebApp as read from the API server, which has filled in the defaults. */
export interface WebApp extends KubeObject {
  readonly spec: WebAppSpec;
  readonly status: WebAppStatus;
}

/** A WebAppSource as read from the API server, which has filled in the defaults. */
export interface WebAppSource extends KubeObject {
  readonly spec: WebAppSourceSpec;
  readonly status: WebAppSourceStatus;
}

/** Field manager of the children and of the WebApps' status, and value of their managed-by label. */
export const OPERATOR = 'webapp-operator';
/** Field manager of WebApps that come from Git. */
export const SOURCE_MANAGER = 'webapp-source';

const PREFIX = 'webapps.example.com';
export const ANNOTATION = {
  /** Any new value asks for a visit; status.lastHandledReconcileAt answers with it. */
  requestedAt: `${PREFIX}/requestedAt`,
  /** Commit a WebApp came from, as branch@sha1:commit. */
  revision: `${PREFIX}/revision`,
  /** Failures so far, of which commit and request, and when to try again, as JSON (backoff.ts). */
  retry: `${PREFIX}/retry`,
  /** WebAppSource that put a policy into the cluster, as namespace/name. */
  policySource: `${PREFIX}/policy-source`,
  /** Merged pull requests whose comment still waits for its ending, as JSON (functions/review/endings.ts). */
  merged: `${PREFIX}/merged`,
  /** Why the last commit was not applied to a WebApp, as JSON (held-back.ts). */
  heldBack: `${PREFIX}/held-back`,
  /** "true" on an object without a controller lets the WebApp of its name take it over. */
  adopt: `${PREFIX}/adopt`,
  /** uid of the WebApp that a child without owner reference belongs to (reconcile/ownership.ts). */
  ownerUid: `${PREFIX}/owner-uid`,
  /** "disabled" on a WebApp keeps it when its file goes. */
  prune: `${PREFIX}/prune`,
  /** W3C traceparent of the push that asked for a sync, or of the sync that wrote a WebApp (trace-origin.ts). */
  traceparent: `${PREFIX}/traceparent`,
} as const;

export const LABEL = {
  /** WebAppSource that made a WebApp, or put a policy into the cluster. */
  source: `${PREFIX}/source`,
  /** Namespace of the WebAppSource that put a policy into the cluster. */
  sourceNamespace: `${PREFIX}/source-namespace`,
  managedBy: 'app.kubernetes.io/managed-by',
} as const;

/** Returns the fields of a merge patch that sets an annotation; null takes it away. */
export function annotating(name: string, value: string | null): object {
  return { metadata: { annotations: { [name]: value } } };
}

/** Returns an annotation's value, or the empty string. */
export function annotation({ metadata }: { metadata: ObjectMeta }, name: string): string {
  return metadata.annotations?.[name] ?? '';
}
