import type { PolicyRecord } from './gate.ts';

/** Where policies were asked. */
export type Gate = 'visit' | 'sync' | 'admission';

/** Counts what the gates find. A count is lost with its process: what must not be lost stands in statuses. */
export interface PolicyMeter {
  /** One WebApp, with what comes of it, was judged before a write; at admission, one write. */
  judged(gate: Gate, verdict: PolicyRecord['verdict'] & string): void;
  /** The API server denied by a policy that allows it to us. */
  mismatched(gate: Exclude<Gate, 'admission'>): void;
}
