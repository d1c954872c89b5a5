import test from 'ava';
import { sparing } from '../../functions/relay/sparing-log.ts';
import { eventually } from '../cluster/eventually.ts';
import { SILENT } from '../reconcile/stage.ts';

test('a warning that is repeated is said once in a while, with how many it stands for', async (t) => {
  const said: object[] = [];
  const warn = (fields: object, message: string) => said.push({ ...fields, message });
  const log = sparing({ ...SILENT, warn }, 1_000);
  for (let times = 0; times < 10; times++) log.warn({ status: 401 }, 'failed');
  log.warn({ status: 400 }, 'dropped');
  const first = [
    { status: 401, message: 'failed', count: 1 },
    { status: 400, message: 'dropped', count: 1 },
  ];
  t.deepEqual(said, first);
  await eventually('the rest is said', () => said.length > 2);
  t.deepEqual(said, [...first, { status: 401, message: 'failed', count: 9 }]);
});
