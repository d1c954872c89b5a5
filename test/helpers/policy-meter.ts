import type { PolicyMeter } from '../../gitops/policy/meter.ts';

/** A meter that tells what was counted, such as "sync denied" and "visit mismatch". */
export interface NotedMeter extends PolicyMeter {
  readonly counted: string[];
}

/** Returns a meter of its own. */
export function notedMeter(): NotedMeter {
  const counted: string[] = [];
  return {
    counted,
    judged: (gate, verdict) => void counted.push(`${gate} ${verdict}`),
    mismatched: (gate) => void counted.push(`${gate} mismatch`),
  };
}
