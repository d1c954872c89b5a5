// How the ends of visits are counted, and that their number of series has a bound.
import test from 'ava';
import { createMetrics } from '../../functions/metrics/metrics.ts';
import { WEBAPP } from '../../gitops/kinds.ts';
import type { Outcome } from '../../gitops/reconcile/reconcile.ts';
import type { WebApp } from '../../gitops/webapp.ts';
import { samplesIn, sum } from '../metrics/exposed.ts';

const webapp = { metadata: { name: 'shop' } } as WebApp;
const SETTLED = { kind: 'settled', webapp, changes: [], unchanged: [] } as const;
const SHOP = { namespace: 'team', name: 'shop' };

function open() {
  const { registry, visits, onCount } = createMetrics();
  const samples = async () => samplesIn(await registry.metrics());
  return { visits, onCount, samples };
}

const rows: readonly [Outcome | undefined, string, string?][] = [
  [SETTLED, 'success'],
  [{ kind: 'retry', afterMs: 1_000, cause: 'x' }, 'retry', 'retry'],
  [{ kind: 'stalled', cause: 'x' }, 'stalled', 'stalled'],
];

for (const [outcome, result, error] of rows) {
  test(`a visit that ends as ${outcome?.kind} counts as ${result}`, async (t) => {
    const { visits, samples } = open();
    visits.reconciled(SHOP, outcome, 0.3);
    const after = await samples();
    t.is(sum(after, 'webapp_reconcile_total', { ...SHOP, result }), 1);
    t.is(sum(after, 'webapp_reconcile_total'), 1);
    t.is(sum(after, 'webapp_reconcile_duration_seconds_bucket', { ...SHOP, le: '0.1' }), 0);
    t.is(sum(after, 'webapp_reconcile_duration_seconds_bucket', { ...SHOP, le: '0.5' }), 1);
    t.is(sum(after, 'webapp_errors_total'), error ? 1 : 0);
    if (error) t.is(sum(after, 'webapp_errors_total', { kind: 'WebApp', type: error }), 1);
  });
}

test('a visit that found nothing to do makes no series', async (t) => {
  const { visits, samples } = open();
  const before = await samples();
  visits.reconciled(SHOP, { kind: 'quiet' }, 0.01);
  visits.reconciled(SHOP, { kind: 'gone' }, 0.01);
  t.deepEqual(await samples(), before);
});

test('whoever names what does not exist makes no series of that name', async (t) => {
  const { visits, samples } = open();
  visits.reconciled(SHOP, undefined, 0.1);
  t.is(sum(await samples(), 'webapp_reconcile_total', { name: 'shop' }), 0);
  t.is(sum(await samples(), 'webapp_reconcile_total', { name: '_other', result: 'unrecorded' }), 1);
  visits.reconciled(SHOP, SETTLED, 0.1);
  visits.reconciled(SHOP, undefined, 0.1);
  t.is(sum(await samples(), 'webapp_reconcile_total', { ...SHOP, result: 'unrecorded' }), 1);
});

test('the first time that a WebApp is Ready is how long its creation took', async (t) => {
  const { visits, samples } = open();
  visits.reconciled(SHOP, { ...SETTLED, readyAfterMs: 4_000 }, 0.1);
  visits.reconciled(SHOP, SETTLED, 0.1);
  const after = await samples();
  const name = 'webapp_creation_duration_seconds';
  t.is(sum(after, `${name}_count`, { namespace: 'team' }), 1);
  t.is(sum(after, `${name}_sum`, { namespace: 'team' }), 4);
  t.is(sum(after, `${name}_bucket`, { namespace: 'team', le: '5' }), 1);
  t.is(sum(after, `${name}_bucket`, { namespace: 'team', le: '1' }), 0);
});

test('what is gone takes its series with it, and the last of a namespace those of the namespace', async (t) => {
  const { visits, samples } = open();
  const cart = { ...SHOP, name: 'cart' };
  const before = await samples();
  visits.reconciled(SHOP, { ...SETTLED, readyAfterMs: 1_000 }, 0.1);
  visits.reconciled(cart, SETTLED, 0.1);
  visits.reconciled(SHOP, { kind: 'gone' }, 0.1);
  const left = await samples();
  t.false(left.some(({ labels }) => labels.name === 'shop'));
  t.is(sum(left, 'webapp_creation_duration_seconds_count', { namespace: 'team' }), 1);
  visits.reconciled(cart, { kind: 'gone' }, 0.1);
  t.deepEqual(await samples(), before);
});

test('more WebApps than there is room for are counted together', async (t) => {
  const { visits, samples } = open();
  for (let i = 0; i < 700; i++) visits.reconciled({ namespace: `n${i}`, name: 'a' }, SETTLED, 0.1);
  const after = await samples();
  t.is(sum(after, 'webapp_reconcile_total'), 700);
  t.is(sum(after, 'webapp_reconcile_total', { name: '_other' }), 200);
  visits.reconciled({ namespace: 'n0', name: 'a' }, { kind: 'gone' }, 0.1);
  visits.reconciled({ namespace: 'n699', name: 'a' }, SETTLED, 0.1);
  t.is(sum(await samples(), 'webapp_reconcile_total', { namespace: 'n699' }), 1);
});

test('syncs and retries are counted, and what the tick finds', async (t) => {
  const { visits, samples } = open();
  visits.synced({ kind: 'stalled', cause: 'x' }, 2);
  visits.synced({ kind: 'quiet' }, 2);
  visits.retried(WEBAPP);
  visits.due(WEBAPP, 'unobserved');
  const after = await samples();
  t.is(sum(after, 'webapp_git_syncs_total', { result: 'stalled' }), 1);
  t.is(sum(after, 'webapp_git_sync_duration_seconds_count'), 1);
  t.is(sum(after, 'webapp_errors_total', { kind: 'WebAppSource', type: 'stalled' }), 1);
  t.is(sum(after, 'webapp_retries_total', { kind: 'WebApp' }), 1);
  t.is(sum(after, 'webapp_tick_visits_total', { kind: 'WebApp', reason: 'unobserved' }), 1);
});

test('a count that fails fails nothing else', async (t) => {
  const { visits, onCount, samples } = open();
  let told = 0;
  onCount(() => {
    told++;
  });
  t.notThrows(() => visits.reconciled(SHOP, SETTLED, Number.NaN));
  visits.retried(WEBAPP);
  t.is(told, 1);
  t.is(sum(await samples(), 'webapp_retries_total'), 1);
});
