import test from 'ava';
import { readConfig } from '../../functions/config.ts';

const read = (input: Record<string, string>) =>
  readConfig({ FUNCTIONS: 'events', ...input }).election;

test('election: it can be switched off, and its times be set', (t) => {
  t.is(read({ LEADER_ELECTION: 'false' }), undefined);
  t.deepEqual(read({ LEASE_DURATION: '1m', RENEW_DEADLINE: '40s', RETRY_PERIOD: '500ms' }), {
    leaseDurationMs: 60_000,
    renewDeadlineMs: 40_000,
    retryPeriodMs: 500,
  });
});

const ORDER =
  /LEASE_DURATION must be longer than RENEW_DEADLINE, and that longer than RETRY_PERIOD/;

test('election: two leaders at once are refused, and what is neither on nor off', (t) => {
  t.throws(() => read({ LEASE_DURATION: '10s' }), { message: ORDER });
  t.throws(() => read({ RETRY_PERIOD: '10s' }), { message: ORDER });
  const neither = /LEADER_ELECTION must be true or false, not "yes"/;
  t.throws(() => read({ LEADER_ELECTION: 'yes' }), { message: neither });
});
