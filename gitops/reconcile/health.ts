import type { Verdict } from '../conditions.ts';
import type { Condition, KubeObject } from '../objects.ts';

interface Rollout extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** What a Deployment says of its pods. */
export interface Health extends Verdict {
  readonly replicas: number;
  readonly readyReplicas: number;
}

/** Returns how far a Deployment's rollout is. It is over when as many pods are there as are asked for, and no more. */
export function healthOf(deployment: KubeObject): Health {
  const { status = {} } = deployment as Rollout;
  const counts = { replicas: status.replicas ?? 0, readyReplicas: status.readyReplicas ?? 0 };
  return { ...verdictOf(deployment as Rollout), ...counts };
}

/** Returns whether the Deployment controller has taken in what the Deployment asks for. */
export function isSeen({ metadata, ...deployment }: KubeObject): boolean {
  const { status = {} } = deployment as Partial<Rollout>;
  return (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}

function verdictOf({ metadata, spec, status = {} }: Rollout): Verdict {
  const { generation = 0 } = metadata;
  // A first generation that nobody has seen has no pods; of a later one the counts still tell of the last.
  if (generation > 1 && (status.observedGeneration ?? 0) < generation) {
    return progressing('Progressing', 'the Deployment controller has not seen the change yet');
  }
  const failure = failureIn(status.conditions ?? []);
  if (failure) return failure;
  const wanted = spec.replicas ?? 1;
  const waiting = waitingFor(wanted, status);
  if (waiting) return progressing('Progressing', waiting);
  return {
    ready: 'True',
    kind: 'settled',
    reason: 'ReconciliationSucceeded',
    message: wanted === 0 ? 'scaled to 0 pods' : `${wanted} of ${wanted} pods are ready`,
  };
}

function failureIn(conditions: readonly Condition[]): Verdict | undefined {
  const stuck = conditions.find(({ reason }) => reason === 'ProgressDeadlineExceeded');
  if (stuck) {
    return { ready: 'False', kind: 'stalled', reason: stuck.reason, message: stuck.message };
  }
  const refused = conditions.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  return refused && progressing('ReplicaFailure', refused.message);
}

function waitingFor(wanted: number, status: NonNullable<Rollout['status']>): string | undefined {
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const old = replicas - updatedReplicas;
  if (old > 0 && updatedReplicas < wanted) {
    return `${updatedReplicas} of ${wanted} pods run the new version`;
  }
  if (old > 0) return `${old} old pods are still to go`;
  // `kubectl rollout status` is content with more; whoever scales down waits for the rest to go.
  if (replicas > wanted) return `${replicas} pods are there, ${wanted} wanted`;
  const ready = Math.min(updatedReplicas, availableReplicas);
  return ready < wanted ? `${ready} of ${wanted} pods are ready` : undefined;
}

function progressing(reason: string, message: string): Verdict {
  return { ready: 'False', kind: 'progressing', reason, message };
}
