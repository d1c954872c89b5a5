// What a tick tells of all objects, and that it tells it of all or not at all.
import test from 'ava';
import { createMetrics } from '../../functions/metrics/metrics.ts';
import { Census } from '../../functions/tick/census.ts';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { WebApp, WebAppSource } from '../../gitops/webapp.ts';
import { samplesIn, sum } from '../metrics/exposed.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const MADE = '2026-01-01T00:00:00Z';
const LATER = '2026-01-01T00:09:00Z';

type Conditions = readonly (readonly [type: string, status: string])[];

function object(name: string, conditions: Conditions = [], spec: object = {}) {
  return {
    metadata: { namespace: 'team', name, creationTimestamp: MADE },
    spec,
    status: {
      conditions: conditions.map(([type, status]) => ({ type, status, lastTransitionTime: LATER })),
    },
  };
}

const webapp = (...given: Parameters<typeof object>) => object(...given) as unknown as WebApp;
const source = (...given: Parameters<typeof object>) => object(...given) as unknown as WebAppSource;

function open() {
  const { registry, ticks } = createMetrics();
  return { ticks, samples: async () => samplesIn(await registry.metrics()) };
}

const STATES: readonly [state: string, Conditions, spec?: object][] = [
  ['ready', [['Ready', 'True']]],
  ['pending', []],
  [
    'pending',
    [
      ['Ready', 'False'],
      ['Reconciling', 'True'],
    ],
  ],
  [
    'stalled',
    [
      ['Ready', 'False'],
      ['Stalled', 'True'],
    ],
  ],
  ['suspended', [['Stalled', 'True']], { suspend: true }],
];

for (const [state, conditions, spec] of STATES)
  test(`a WebApp with ${JSON.stringify({ conditions, spec })} is ${state}`, async (t) => {
    const { ticks, samples } = open();
    const census = new Census(NOW);
    census.addWebApp(webapp('shop', conditions, spec));
    ticks.completed(NOW, census);
    const after = await samples();
    t.is(sum(after, 'webapp_objects', { kind: 'WebApp', state }), 1);
    t.is(sum(after, 'webapp_objects'), 1);
    t.is(after.filter(({ name }) => name === 'webapp_objects').length, 8, 'the others are zero');
  });

const SOURCES: readonly [what: string, WebAppSource, seconds: number | undefined][] = [
  ['that is Ready is in sync', source('apps', [['Ready', 'True']]), 0],
  ['that is not Ready is out of sync since then', source('apps', [['Ready', 'False']]), 60],
  ['that nobody has visited is out of sync since it was made', source('apps'), 600],
  ['that is suspended is not followed', source('apps', [], { suspend: true }), undefined],
];

for (const [what, object, seconds] of SOURCES)
  test(`a source ${what}`, async (t) => {
    const { ticks, samples } = open();
    const census = new Census(NOW);
    census.addSource(object);
    ticks.completed(NOW, census);
    const found = (await samples()).filter(
      ({ name }) => name === 'webapp_source_out_of_sync_seconds',
    );
    const labels = { namespace: 'team', name: 'apps' };
    t.deepEqual(
      found.map((sample) => [sample.labels, sample.value]),
      seconds === undefined ? [] : [[labels, seconds]],
    );
  });

test('what the tick before told of sources is forgotten', async (t) => {
  const { ticks, samples } = open();
  const before = new Census(NOW);
  before.addSource(source('apps'));
  ticks.completed(NOW, before);
  ticks.completed(NOW + 60_000, new Census(NOW));
  const after = await samples();
  t.false(after.some(({ name }) => name === 'webapp_source_out_of_sync_seconds'));
  t.is(sum(after, 'webapp_tick_completed_timestamp_seconds'), NOW / 1_000 + 60);
});

test('of more sources than there is room for, those that are out of sync are told', async (t) => {
  const { ticks, samples } = open();
  const census = new Census(NOW);
  for (let i = 0; i < 600; i++) census.addSource(source(`fine-${i}`, [['Ready', 'True']]));
  census.addSource(source('broken', [['Ready', 'False']]));
  ticks.completed(NOW, census);
  const after = await samples();
  const told = after.filter(({ name }) => name === 'webapp_source_out_of_sync_seconds');
  t.is(told.length, 500);
  t.is(sum(told, 'webapp_source_out_of_sync_seconds', { name: 'broken' }), 60);
});

test('before the first tick nothing is said of objects, and that there was none', async (t) => {
  const { ticks, samples } = open();
  const before = await samples();
  t.false(before.some(({ name }) => name === 'webapp_objects'));
  t.is(sum(before, 'webapp_tick_completed_timestamp_seconds'), 0);
  ticks.failed(WEBAPP_SOURCE);
  t.is(sum(await samples(), 'webapp_tick_failures_total', { kind: 'WebAppSource' }), 1);
});
