import type { PolicyRecord } from './gate.ts';

/** Where policies were asked. */
export type Gate = 'visit' | 'sync';

/** Counts what the gates find. A count is lost with its process: what must not be lost stands in statuses. */
export interface PolicyMeter {
  /** One WebApp was judged before a write. */
  judged(gate: Gate, verdict: PolicyRecord['verdict'] & string): void;
  /** The API server denied by a policy that allows it to us. */
  mismatched(gate: Gate): void;
}
