// How visits end. One that found nothing to do is none: it cost a read or two, and would hide how long the others take.
import { Counter, Histogram, type Registry } from 'prom-client';
import { type Kind, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import type { Outcome } from '../../gitops/reconcile/reconcile.ts';
import type { SyncOutcome } from '../../gitops/sync/sync.ts';
import type { DueReason } from '../tick/due-reason.ts';
import { OTHER, WebAppNames } from './webapp-names.ts';

/** Counts visits. Times are in seconds; no outcome is a visit that threw, as nothing could be recorded. */
export interface VisitMeter {
  reconciled(key: ObjectKey, outcome: Outcome | undefined, seconds: number): void;
  synced(outcome: SyncOutcome | undefined, seconds: number): void;
  /** A visit was made again in this process, after a back-off. */
  retried(of: Kind): void;
  /** The tick found a visit due. */
  due(of: Kind, reason: DueReason): void;
}

const KINDS = [WEBAPP, WEBAPP_SOURCE];
const FAILURES = ['retry', 'stalled', 'unrecorded'] as const;
const RECONCILE_RESULTS = ['success', ...FAILURES] as const;
const SYNC_RESULTS = ['success', 'unfinished', ...FAILURES] as const;
const RESULTS = {
  settled: 'success',
  synced: 'success',
  unfinished: 'unfinished',
  retry: 'retry',
  stalled: 'stalled',
} as const;
const REASONS: readonly (readonly [Kind, readonly DueReason[]])[] = [
  [WEBAPP, ['unobserved', 'retry', 'progressing', 'drift']],
  [WEBAPP_SOURCE, ['unobserved', 'retry', 'moved', 'drift']],
];

/** Returns the meter of all visits. */
export function visitMeter(registry: Registry): VisitMeter {
  const registers = [registry];
  const errors = new Counter({
    name: 'webapp_errors_total',
    help: 'Visits that failed: retry is tried again, stalled waits for a change, unrecorded is for the caller to try again',
    labelNames: ['kind', 'type'],
    registers,
  });
  const retries = new Counter({
    name: 'webapp_retries_total',
    help: 'Visits made again by the process that failed, after a back-off',
    labelNames: ['kind'],
    registers,
  });
  const due = new Counter({
    name: 'webapp_tick_visits_total',
    help: 'Visits that the tick found due; unobserved is a change that no event had told of yet',
    labelNames: ['kind', 'reason'],
    registers,
  });
  for (const { kind } of KINDS) {
    retries.inc({ kind }, 0);
    for (const type of FAILURES) errors.inc({ kind, type }, 0);
  }
  for (const [{ kind }, reasons] of REASONS) {
    for (const reason of reasons) due.inc({ kind, reason }, 0);
  }
  const fail = ({ kind }: Kind, result: string) => {
    if (FAILURES.some((type) => type === result)) errors.inc({ kind, type: result });
  };
  return {
    reconciled: reconcileCounts(registry, (result) => fail(WEBAPP, result)),
    synced: syncCounts(registry, (result) => fail(WEBAPP_SOURCE, result)),
    retried: ({ kind }) => retries.inc({ kind }),
    due: ({ kind }, reason) => due.inc({ kind, reason }),
  };
}

type Fail = (result: string) => void;

function reconcileCounts(registry: Registry, fail: Fail): VisitMeter['reconciled'] {
  const { total, duration, creation } = reconcileSeries(registry);
  const names = new WebAppNames({
    added: (labels) => {
      for (const result of RECONCILE_RESULTS) total.inc({ ...labels, result }, 0);
      duration.zero(labels);
      const { namespace } = labels;
      if (names.countIn(namespace) === 1) creation.zero({ namespace });
    },
    dropped: (labels) => {
      for (const result of RECONCILE_RESULTS) total.remove({ ...labels, result });
      duration.remove(labels);
      const { namespace } = labels;
      if (names.countIn(namespace) === 0) creation.remove({ namespace });
    },
  });
  for (const result of RECONCILE_RESULTS) total.inc({ ...OTHER, result }, 0);
  duration.zero(OTHER);
  creation.zero({ namespace: OTHER.namespace });
  return (key, outcome, seconds) => {
    if (outcome?.kind === 'gone') names.drop(key);
    const result = resultOf(outcome);
    if (result === undefined) return;
    const labels = outcome ? names.of(key) : names.ofUnseen(key);
    total.inc({ ...labels, result });
    duration.observe(labels, seconds);
    fail(result);
    if (outcome?.kind === 'settled' && outcome.readyAfterMs !== undefined)
      creation.observe({ namespace: labels.namespace }, outcome.readyAfterMs / 1_000);
  };
}

function reconcileSeries(registry: Registry) {
  const registers = [registry];
  const total = new Counter({
    name: 'webapp_reconcile_total',
    help: 'Visits of WebApps that had something to do, by how they ended',
    labelNames: ['namespace', 'name', 'result'],
    registers,
  });
  const duration = new Histogram({
    name: 'webapp_reconcile_duration_seconds',
    help: 'How long those visits took',
    labelNames: ['namespace', 'name'],
    buckets: [0.1, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const creation = new Histogram({
    name: 'webapp_creation_duration_seconds',
    help: 'From the creation of a WebApp to its first being Ready',
    labelNames: ['namespace'],
    buckets: [1, 5, 10, 30, 60, 120, 300],
    registers,
  });
  return { total, duration, creation };
}

function syncCounts(registry: Registry, fail: Fail): VisitMeter['synced'] {
  const total = new Counter({
    name: 'webapp_git_syncs_total',
    help: 'Syncs of WebAppSources that had something to do, by how they ended',
    labelNames: ['result'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'webapp_git_sync_duration_seconds',
    help: 'How long those syncs took',
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  for (const result of SYNC_RESULTS) total.inc({ result }, 0);
  return (outcome, seconds) => {
    const result = resultOf(outcome);
    if (result === undefined) return;
    total.inc({ result });
    duration.observe(seconds);
    fail(result);
  };
}

/** Undefined is a visit that had nothing to do. */
function resultOf(outcome: Outcome | SyncOutcome | undefined) {
  if (outcome === undefined) return 'unrecorded';
  if (outcome.kind === 'gone' || outcome.kind === 'quiet') return undefined;
  return RESULTS[outcome.kind];
}
