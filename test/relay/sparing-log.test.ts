import test from 'ava';
import { sparing } from '../../functions/relay/sparing-log.ts';
import { SILENT } from '../reconcile/stage.ts';

test('a warning that is repeated is said once in a while, with how many were left out', (t) => {
  const said: object[] = [];
  let ms = 0;
  const warn = (fields: object, message: string) => said.push({ ...fields, message });
  const log = sparing({ ...SILENT, warn }, 1_000, () => ms);
  for (ms = 0; ms < 1_000; ms += 100) log.warn({ status: 401 }, 'failed');
  log.warn({ status: 400 }, 'dropped');
  t.deepEqual(said.splice(0), [
    { status: 401, message: 'failed' },
    { status: 400, message: 'dropped' },
  ]);
  log.warn({ status: 403 }, 'failed');
  t.deepEqual(said.splice(0), [{ status: 403, leftOut: 9, message: 'failed' }]);
  ms += 1_000;
  log.warn({ status: 403 }, 'failed');
  t.deepEqual(said, [{ status: 403, message: 'failed' }]);
});
