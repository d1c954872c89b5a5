import { cut } from './cut.ts';
import type { Condition } from './objects.ts';

/** A condition that is there only while it holds. */
export interface Also {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** What a status should say, before times and generations are filled in. */
export interface Verdict {
  /** True and False are known; Unknown is neither. */
  readonly ready: Condition['status'];
  /** progressing: something will change by itself. stalled: only a person or a commit can change it. */
  readonly kind: 'settled' | 'progressing' | 'stalled';
  readonly reason: string;
  readonly message: string;
  /** Further conditions, which are True. */
  readonly also?: readonly Also[];
}

const MESSAGE_LIMIT = 2_000;

/**
 * Returns the conditions for a verdict as kstatus reads them: Ready always, Reconciling and Stalled only while
 * they hold. A condition whose status did not change keeps its time. `now` is in milliseconds since the epoch.
 */
export function conditionsFor(
  verdict: Verdict,
  before: readonly Condition[] | undefined,
  { generation, now }: { generation: number; now: number },
): Condition[] {
  const condition = (
    type: string,
    status: Condition['status'],
    { reason, message: whole }: Pick<Also, 'reason' | 'message'> = verdict,
  ): Condition => {
    const message = cut(whole, MESSAGE_LIMIT);
    const old = before?.find((other) => other.type === type && other.status === status);
    const lastTransitionTime = old?.lastTransitionTime ?? rfc3339(now);
    return { type, status, observedGeneration: generation, lastTransitionTime, reason, message };
  };
  return [
    condition('Ready', verdict.ready),
    ...(verdict.kind === 'progressing' ? [condition('Reconciling', 'True')] : []),
    ...(verdict.kind === 'stalled' ? [condition('Stalled', 'True')] : []),
    ...(verdict.also ?? []).map((also) => condition(also.type, 'True', also)),
  ];
}

/** Returns the condition of a type, if there is one. */
export function conditionOf(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Returns a time (milliseconds since the epoch) as Kubernetes writes it, in whole seconds. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
