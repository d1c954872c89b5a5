import type { ElectionTimes } from './leader.ts';

/** Returns the times of the election, read by `duration` in milliseconds; adds to `wrong` where two could lead at once. */
export function electionIn(
  duration: (name: 'LEASE_DURATION' | 'RENEW_DEADLINE' | 'RETRY_PERIOD') => number,
  wrong: string[],
): ElectionTimes {
  const leaseDurationMs = duration('LEASE_DURATION');
  const renewDeadlineMs = duration('RENEW_DEADLINE');
  const retryPeriodMs = duration('RETRY_PERIOD');
  if (leaseDurationMs <= renewDeadlineMs || renewDeadlineMs <= retryPeriodMs)
    wrong.push(
      'LEASE_DURATION must be longer than RENEW_DEADLINE, and that longer than RETRY_PERIOD: a leader has to stop before the next begins',
    );
  return { leaseDurationMs, renewDeadlineMs, retryPeriodMs };
}
