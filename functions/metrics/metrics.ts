// Everything that is counted. No other folder knows how: whoever counts is handed an interface. Labels have values from
// this code alone, but for the names that the API server has taken, so that nothing in a repository can make a series.
// What can be named beforehand is there at zero from the start: a series that begins at 1 is no increase to Prometheus.
import { Counter, Gauge, Registry } from 'prom-client';
import type { PolicyMeter } from '../../gitops/policy/meter.ts';
import { VERSION } from '../version.ts';
import { policyMeter } from './policy-metrics.ts';
import { type TickMeter, tickMeter } from './tick-metrics.ts';
import { type VisitMeter, visitMeter } from './visit-metrics.ts';

/** The metrics of one process, and who may count on them. */
export interface Metrics {
  readonly registry: Registry;
  readonly policies: PolicyMeter;
  readonly visits: VisitMeter;
  readonly ticks: TickMeter;
  readonly gateway: GatewayMeter;
  readonly deadLetters: DeadLetterMeter;
  readonly refusals: RefusalMeter;
  /** Has `listener` called after each count; there is one at a time. */
  onCount(listener: () => void): void;
}

/** Counts what becomes of the metrics themselves. */
export interface GatewayMeter {
  /** The Pushgateway did not do what it was asked for. */
  failed(): void;
}

/** Counts events that nobody took. */
export interface DeadLetterMeter {
  /** A broker has given one up. */
  received(): void;
}

/** Counts requests that were refused. */
export interface RefusalMeter {
  refused(status: number): void;
}

/** Returns metrics of their own: the library's global registry would be shared by all that a process serves. */
export function createMetrics(revision = ''): Metrics {
  const registry = new Registry();
  let tell = () => {};
  const counting = <M extends object>(meter: M) => guarded(meter, () => tell());
  const version = new Gauge({
    name: 'webapp_build_info',
    help: 'Always 1; the labels tell which version runs, and as which revision of a Knative Service',
    labelNames: ['version', 'revision'],
    registers: [registry],
  });
  version.set({ version: VERSION, revision }, 1);
  return {
    registry,
    policies: counting(policyMeter(registry)),
    visits: counting(visitMeter(registry)),
    ticks: counting(tickMeter(registry)),
    gateway: counting(gatewayMeter(registry)),
    deadLetters: counting(deadLetterMeter(registry)),
    // Nobody is told of these: whoever guesses secrets must not have a push made for each guess.
    refusals: guarded(refusalMeter(registry), () => {}),
    onCount: (listener) => {
      tell = listener;
    },
  };
}

function gatewayMeter(registry: Registry): GatewayMeter {
  const failures = new Counter({
    name: 'webapp_pushgateway_failures_total',
    help: 'Pushes, and removals of groups of the dead, that failed',
    registers: [registry],
  });
  return { failed: () => failures.inc() };
}

function deadLetterMeter(registry: Registry): DeadLetterMeter {
  const letters = new Counter({
    name: 'webapp_dead_letters_total',
    help: 'Events that a broker could not deliver and gave up',
    registers: [registry],
  });
  return { received: () => letters.inc() };
}

const REFUSALS = [400, 401, 403, 413, 415];

function refusalMeter(registry: Registry): RefusalMeter {
  const refusals = new Counter({
    name: 'webapp_refused_requests_total',
    help: 'Requests that were answered with an error of the caller, such as a wrong secret, by status code',
    labelNames: ['status'],
    registers: [registry],
  });
  for (const status of REFUSALS) refusals.inc({ status }, 0);
  return { refused: (status) => refusals.inc({ status }) };
}

type Count = (...what: unknown[]) => void;

/** Returns the meter with `counted` called after each count. A count that fails must not fail what it counts. */
function guarded<M extends object>(meter: M, counted: () => void): M {
  const counts = Object.entries(meter).map(([name, count]: [string, Count]) => [
    name,
    (...what: unknown[]) => {
      try {
        count(...what);
        counted();
      } catch {
        // What was counted goes on.
      }
    },
  ]);
  return Object.fromEntries(counts) as M;
}
