import test from 'ava';
import { retryAfterIn } from '../../gitops/io/retry-after.ts';

const NOW = Date.UTC(2026, 0, 2);

const headers: Record<string, number | undefined> = {
  '30': 30_000,
  '0': 0,
  'Fri, 02 Jan 2026 00:01:00 GMT': 60_000,
  'Thu, 01 Jan 2026 00:00:00 GMT': 0,
  soon: undefined,
  '1.5': undefined,
  '-1': undefined,
  '': undefined,
};

for (const [header, ms] of Object.entries(headers)) {
  test(`Retry-After: ${header}`, (t) => {
    t.is(retryAfterIn(header, NOW), ms);
  });
}

test('Retry-After: none', (t) => {
  t.is(retryAfterIn(undefined, NOW), undefined);
  t.is(retryAfterIn(null, NOW), undefined);
});
