// `npm run retries`: what failures cost, with the clock of the wall and the settings of production. One WebApp is refused by
// the API server for good; of another every write of its Deployment is answered with 500.

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEPLOYMENT } from '../../gitops/kinds.ts';
import { aboveZero, scriptCommand } from '../../infra/script-command.ts';
import { type Entry, isWrite } from '../faults/journal.ts';
import { manifest, policyOf } from '../faults/scenario.ts';
import { requestsOfFunctions } from '../helpers/audit.ts';
import { NAMESPACE, openWorld } from './world.ts';

const { minutes } = scriptCommand('npm run retries', 'Measures what failures cost.')
  .option('--minutes <minutes>', 'how long', aboveZero, 10)
  .parse()
  .opts<{ minutes: number }>();

const REFUSED = 'refused';
const UNLUCKY = 'unlucky';
const MINUTE_MS = 60_000;
/** Of what is refused for good: when it comes, and in a full check, of which there is one in half an hour. */
const MOST_ATTEMPTS = 1 + Math.ceil(minutes / 30);
const print = (line: string) => process.stdout.write(`${line}\n`);

/** More CPU is asked for than is allowed: nothing but the API server's own look at a Deployment says so. */
const TOO_MUCH = {
  image: 'nginx:1.27',
  resources: { requests: { cpu: '2' }, limits: { cpu: '1' } },
};

const attempts: number[] = [];
const requests = { [REFUSED]: 0, [UNLUCKY]: 0 };
await using world = await openWorld({
  ...{ instances: 1, tick: '60s', drift: '30m', interval: '5m' },
  files: {
    'policies/few-pods.yaml': policyOf(5),
    [`apps/${REFUSED}.yaml`]: manifest(REFUSED, TOO_MUCH),
    [`apps/${UNLUCKY}.yaml`]: manifest(UNLUCKY, { image: 'nginx:1.27' }),
  },
  faultAt: (entry) => {
    if (entry.name === REFUSED || entry.name === UNLUCKY) requests[entry.name]++;
    if (!isAttempt(entry)) return undefined;
    attempts.push(performance.now());
    return 'error-500';
  },
  isLost: () => false,
});
await world.follow(NAMESPACE);
await sleep(minutes * MINUTE_MS);

const [instance] = world.instances;
const log = (await readFile(instance?.logFile ?? '', 'utf8')).split('\n');
const stalled = tries(log, REFUSED, 'Permanent error; waits for a change');
const retried = tries(log, UNLUCKY, 'Retryable error; will try again');
const audited = (await requestsOfFunctions(world.auditLog)).filter(({ name }) => name === REFUSED);
print(
  `${REFUSED}: ${stalled} attempts and ${requests[REFUSED]} requests (audit log: ${audited.length}) in ${minutes} min, ` +
    `that is ${perHour(stalled)} attempts and ${perHour(requests[REFUSED])} requests an hour at this rate`,
);
print(`${UNLUCKY}: ${retried} attempts and ${requests[UNLUCKY]} requests in ${minutes} min`);
const gaps = attempts.slice(1).map((at, i) => ((at - (attempts[i] ?? 0)) / 1_000).toFixed(2));
print(`${UNLUCKY}: seconds between attempts: ${gaps.join(', ')}`);
const late = gaps.filter((gap, i) => !isRight(Number(gap), 2 ** i));
print(
  `${gaps.length} delays, ${late.length} outside of 2^n s to 2^n + 1 s and the time of a visit`,
);
process.exitCode = late.length === 0 && stalled > 0 && stalled <= MOST_ATTEMPTS ? 0 : 1;

function isAttempt(entry: Entry): boolean {
  return isWrite(entry) && entry.resource === DEPLOYMENT.plural && entry.name === UNLUCKY;
}

/** A visit takes its time on a busy machine; too early is never right. */
function isRight(gap: number, base: number): boolean {
  const wanted = Math.min(base, 300);
  return gap >= wanted && gap <= wanted + 1 + 2;
}

function tries(log: readonly string[], name: string, message: string): number {
  return log.filter((line) => line.includes(`"webapp.name":"${name}"`) && line.includes(message))
    .length;
}

function perHour(count: number): number {
  return Math.round((count / minutes) * 60);
}
