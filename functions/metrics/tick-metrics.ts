// What the ticks tell. The gauges are of all objects, so that they are true of whatever process ticked last, and of no sum
// over processes: each process keeps those of its own last tick, and Prometheus takes those of the newest.
import { Counter, Gauge, type Registry } from 'prom-client';
import { type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { type Census, type FollowedSource, OBJECT_STATES } from '../tick/census.ts';

/** Counts what becomes of ticks. */
export interface TickMeter {
  /** An object could not be visited, or its review not looked after. */
  failed(of: Kind): void;
  /** All objects were seen, at a time in milliseconds since the epoch; no census where there is no cluster. */
  completed(now: number, census?: Census): void;
}

/** Those that are out of sync have room first. */
const MAX_SOURCES = 500;

/** Returns the meter of the ticks. */
export function tickMeter(registry: Registry): TickMeter {
  const { completed, failures, objects, outOfSync } = tickSeries(registry);
  completed.set(0);
  for (const { kind } of [WEBAPP, WEBAPP_SOURCE]) failures.inc({ kind }, 0);
  return {
    failed: ({ kind }) => failures.inc({ kind }),
    completed: (now, census) => {
      completed.set(now / 1_000);
      if (!census) return;
      for (const state of OBJECT_STATES) {
        objects.set({ kind: WEBAPP.kind, state }, census.webapps[state]);
        objects.set({ kind: WEBAPP_SOURCE.kind, state }, census.sources[state]);
      }
      outOfSync.reset();
      for (const { key, outOfSyncSeconds } of longestFirst(census.followed).slice(0, MAX_SOURCES))
        outOfSync.set({ namespace: key.namespace, name: key.name }, outOfSyncSeconds);
    },
  };
}

function tickSeries(registry: Registry) {
  const registers = [registry];
  const completed = new Gauge({
    name: 'webapp_tick_completed_timestamp_seconds',
    help: 'When this process last completed a tick, since the epoch; 0 is never',
    registers,
  });
  const failures = new Counter({
    name: 'webapp_tick_failures_total',
    help: 'Objects that a tick could not visit, as when their Git server or forge was away',
    labelNames: ['kind'],
    registers,
  });
  const objects = new Gauge({
    name: 'webapp_objects',
    help: 'Objects in the cluster by state, as the last completed tick of this process listed them',
    labelNames: ['kind', 'state'],
    registers,
  });
  const outOfSync = new Gauge({
    name: 'webapp_source_out_of_sync_seconds',
    help: 'How long a WebAppSource had not been Ready at that tick; 0 where it was, none where it is suspended',
    labelNames: ['namespace', 'name'],
    registers,
  });
  return { completed, failures, objects, outOfSync };
}

function longestFirst(sources: readonly FollowedSource[]): FollowedSource[] {
  return [...sources].sort((a, b) => b.outOfSyncSeconds - a.outOfSyncSeconds);
}
