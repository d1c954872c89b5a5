import test from 'ava';
import { conditionsFor } from '../../gitops/conditions.ts';
import { cut } from '../../gitops/cut.ts';
import { writeHeldBack } from '../../gitops/held-back.ts';
import { NOW } from '../helpers/builders.ts';

test('a text is cut to the limit, and never within a character', (t) => {
  t.is(cut('abc', 3), 'abc');
  t.is(cut('abcd', 3), 'abc');
  t.is(cut('ab😀', 4), 'ab😀');
  t.is(cut('ab😀', 3), 'ab\ufffd');
});

test('neither a condition nor what is kept of a denial holds half a character', (t) => {
  const at = { generation: 1, now: NOW };
  for (const message of ['😀', 'x😀'].map((text) => text.concat('😀'.repeat(2_000)))) {
    const verdict = { ready: 'False', kind: 'stalled', reason: 'Denied', message } as const;
    for (const condition of conditionsFor(verdict, [], at))
      t.true(condition.message.isWellFormed());
    const text = writeHeldBack({ revision: 'main@sha1:a', kept: 'main@sha1:b', message });
    t.true((JSON.parse(text) as { message: string }).message.isWellFormed());
  }
});
