import test from 'ava';
import { conditionsFor, type Verdict } from '../../gitops/conditions.ts';
import type { Condition } from '../../gitops/objects.ts';
import { NOW } from '../helpers/builders.ts';

const OLD = '2025-01-01T00:00:00Z';
const PRESENT = '2026-01-02T03:04:05Z';
const at = { generation: 7, now: NOW };

function verdict(kind: Verdict['kind'], ready: Verdict['ready']): Verdict {
  return { kind, ready, reason: 'Because', message: 'so it is' };
}

function before(...pairs: string[]): Condition[] {
  return pairs.map((pair) => {
    const [type = '', status = ''] = pair.split('=');
    return {
      type,
      status: status as 'True',
      lastTransitionTime: OLD,
      reason: 'Old',
      message: 'was',
    };
  });
}

const rows: { title: string; verdict: Verdict; before?: Condition[]; want: string[] }[] = [
  { title: 'ready', verdict: verdict('settled', 'True'), want: [`Ready=True ${PRESENT}`] },
  { title: 'unknown', verdict: verdict('settled', 'Unknown'), want: [`Ready=Unknown ${PRESENT}`] },
  {
    title: 'on the way',
    verdict: verdict('progressing', 'False'),
    want: [`Ready=False ${PRESENT}`, `Reconciling=True ${PRESENT}`],
  },
  {
    title: 'stalled',
    verdict: verdict('stalled', 'False'),
    want: [`Ready=False ${PRESENT}`, `Stalled=True ${PRESENT}`],
  },
  {
    title: 'the same status keeps its time',
    verdict: verdict('settled', 'True'),
    before: before('Ready=True'),
    want: [`Ready=True ${OLD}`],
  },
  {
    title: 'another status has a new time',
    verdict: verdict('settled', 'True'),
    before: before('Ready=False'),
    want: [`Ready=True ${PRESENT}`],
  },
  {
    title: 'each condition keeps its own time',
    verdict: verdict('progressing', 'False'),
    before: before('Ready=True', 'Reconciling=True'),
    want: [`Ready=False ${PRESENT}`, `Reconciling=True ${OLD}`],
  },
  {
    title: 'from one trouble to another',
    verdict: verdict('stalled', 'False'),
    before: before('Ready=False', 'Reconciling=True'),
    want: [`Ready=False ${OLD}`, `Stalled=True ${PRESENT}`],
  },
  {
    title: 'what holds no more is gone',
    verdict: verdict('settled', 'True'),
    before: before('Ready=True', 'Reconciling=True', 'Stalled=True'),
    want: [`Ready=True ${OLD}`],
  },
  {
    title: 'conditions of others are not ours to repeat',
    verdict: verdict('settled', 'True'),
    before: before('Other=True'),
    want: [`Ready=True ${PRESENT}`],
  },
];

for (const { title, verdict, before, want } of rows) {
  test(`conditions: ${title}`, (t) => {
    const found = conditionsFor(verdict, before, at);
    t.deepEqual(
      found.map(
        ({ type, status, lastTransitionTime }) => `${type}=${status} ${lastTransitionTime}`,
      ),
      want,
    );
    for (const { reason, message, observedGeneration } of found) {
      t.deepEqual([reason, message, observedGeneration], ['Because', 'so it is', 7]);
    }
  });
}

test('conditions: times are in whole seconds', (t) => {
  const [ready] = conditionsFor(verdict('settled', 'True'), [], { generation: 1, now: NOW + 999 });
  t.is(ready?.lastTransitionTime, PRESENT);
});

test('conditions: a long message is cut to what a reader can use', (t) => {
  const message = `start ${'x'.repeat(50_000)}`;
  const [ready] = conditionsFor({ ...verdict('settled', 'True'), message }, [], at);
  t.is(ready?.message.length, 2_000);
  t.true(ready?.message.startsWith('start x'));
});
