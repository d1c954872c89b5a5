import { Counter, type Registry } from 'prom-client';
import type { Gate, PolicyMeter } from '../../gitops/policy/meter.ts';

const GATES: readonly Gate[] = ['visit', 'sync', 'admission'];
/** Those before the API server: at admission it is the one that asks. */
const EARLY = ['visit', 'sync'] as const;
const VERDICTS = ['allowed', 'warned', 'denied', 'unknown'] as const;

/** Returns the meter of what the gates find. */
export function policyMeter(registry: Registry): PolicyMeter {
  const registers = [registry];
  const verdicts = new Counter({
    name: 'webapp_policy_verdicts_total',
    help: 'Judgements before a write, by gate and verdict: of a WebApp and what comes of it, or at admission of one write',
    labelNames: ['gate', 'verdict'],
    registers,
  });
  const mismatches = new Counter({
    name: 'webapp_policy_parity_mismatches_total',
    help: 'Writes that the API server denied by a policy that allows them to the gate',
    labelNames: ['gate'],
    registers,
  });
  for (const gate of EARLY) mismatches.inc({ gate }, 0);
  for (const gate of GATES) for (const verdict of VERDICTS) verdicts.inc({ gate, verdict }, 0);
  return {
    judged: (gate, verdict) => verdicts.inc({ gate, verdict }),
    mismatched: (gate) => mismatches.inc({ gate }),
  };
}
