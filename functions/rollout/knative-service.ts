// What a rollout reads of a Knative Service, and the traffic it writes to it.
import type { Kind } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';

export const KNATIVE_SERVICE: Kind = {
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  plural: 'services',
};

/** One share of the requests, in percent. */
interface Share {
  readonly revisionName?: string;
  readonly latestRevision?: boolean;
  readonly percent?: number;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

/** The fields of serving.knative.dev/v1 that count here. */
export type KnativeService = KubeObject & {
  readonly spec: { readonly traffic?: readonly Share[] };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly latestCreatedRevisionName?: string;
    readonly latestReadyRevisionName?: string;
    readonly conditions?: readonly Condition[];
  };
};

/** How far a Service is from all of its requests going to its newest revision. */
export type Release =
  /** All go there. */
  | { readonly kind: 'settled'; readonly stable: string }
  /** The newest revision is not ready yet, or Knative has not looked at the newest spec. */
  | { readonly kind: 'starting'; readonly why: string }
  /** It is ready, and not all requests go to it. */
  | { readonly kind: 'canary'; readonly stable: string; readonly canary: string };

/** Returns where the release of a Service stands. What its traffic names by "latest" counts as the newest ready revision. */
export function releaseOf({ metadata, spec, status = {} }: KnativeService): Release {
  const { latestCreatedRevisionName: newest = '', latestReadyRevisionName: ready = '' } = status;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0))
    return { kind: 'starting', why: 'Knative has not seen the newest spec' };
  if (newest === '' || newest !== ready) return { kind: 'starting', why: notReady(status, newest) };
  const stable = servingOf({ spec, ready }).find((name) => name !== newest);
  if (stable === undefined) return { kind: 'settled', stable: newest };
  return { kind: 'canary', stable, canary: newest };
}

/** Returns the revisions that get requests, the one with the most first. */
export function revisionsServing({ spec, status }: KnativeService): readonly string[] {
  return servingOf({ spec, ready: status?.latestReadyRevisionName ?? '' });
}

function servingOf({ spec, ready }: { spec: KnativeService['spec']; ready: string }): string[] {
  const shares = spec.traffic ?? [{ latestRevision: true, percent: 100 }];
  return shares
    .filter(({ percent = 0 }) => percent > 0)
    .toSorted((one, other) => (other.percent ?? 0) - (one.percent ?? 0))
    .map(({ revisionName = ready }) => revisionName);
}

function notReady({ conditions = [] }: NonNullable<KnativeService['status']>, revision: string) {
  const told = conditions.find(({ type }) => type === 'ConfigurationsReady');
  return `revision ${revision || '(none)'} is not ready${told?.message ? `: ${told.message}` : ''}`;
}

/** Returns what to apply so that `percent` of the requests go to the canary and the others to the stable revision. */
export function withTraffic(
  { apiVersion, kind, metadata }: KnativeService,
  { stable, canary }: { readonly stable: string; readonly canary?: string },
  percent: number,
): KubeObject {
  const { name, namespace } = metadata;
  const shares = [
    { revisionName: stable, percent: 100 - percent },
    { revisionName: canary, percent },
  ];
  const traffic = shares
    .filter((share) => share.percent > 0)
    .map((share) => ({ ...share, latestRevision: false }));
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace && { namespace }) },
    spec: { traffic },
  };
}
