// Everything that is counted. No other file knows how: whoever counts is handed an interface. Labels have values from
// this code alone, so that nothing in a repository can make a series.
import { Counter, Registry } from 'prom-client';
import type { Gate, PolicyMeter } from '../gitops/policy/meter.ts';

/** The metrics of one process, and who may count on them. */
export interface Metrics {
  readonly registry: Registry;
  readonly policies: PolicyMeter;
}

const GATES: readonly Gate[] = ['visit', 'sync'];
const VERDICTS = ['allowed', 'warned', 'denied', 'unknown'] as const;

/** Returns metrics of their own: the library's global registry would be shared by all that a process serves. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  return { registry, policies: policyMeter(registry) };
}

function policyMeter(registry: Registry): PolicyMeter {
  const verdicts = new Counter({
    name: 'webapp_policy_verdicts_total',
    help: 'WebApps that were judged before a write, by gate and verdict',
    labelNames: ['gate', 'verdict'],
    registers: [registry],
  });
  const mismatches = new Counter({
    name: 'webapp_policy_parity_mismatches_total',
    help: 'Writes that the API server denied by a policy that allows them to the gate',
    labelNames: ['gate'],
    registers: [registry],
  });
  // A series that begins at 1 is no increase to Prometheus.
  for (const gate of GATES) {
    mismatches.inc({ gate }, 0);
    for (const verdict of VERDICTS) verdicts.inc({ gate, verdict }, 0);
  }
  return {
    judged: (gate, verdict) => verdicts.inc({ gate, verdict }),
    mismatched: (gate) => mismatches.inc({ gate }),
  };
}
