// `npm run memory`: what a process that lives for long keeps. WebApps of ever new names come and go, policies change, strangers
// are refused; what is still referred to must not grow with all that has been.
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { aboveZero, countingNumber, scriptCommand } from '../../infra/script-command.ts';
import { manifest, policyOf } from '../faults/scenario.ts';
import { INSPECTED, inspectorOf, type Memory, memoryOf } from './inspector.ts';
import { NAMESPACE, openWorld } from './world.ts';

const { minutes, webapps, pace } = scriptCommand(
  'npm run memory',
  'Measures what the functions and the relay keep while WebApps of ever new names come and go.',
)
  .option('--minutes <minutes>', 'how long', aboveZero, 30)
  .option('--webapps <count>', 'WebApps at a time', countingNumber, 50)
  .option('--pace <seconds>', 'pause between two commits', aboveZero, 1)
  .parse()
  .opts<{ minutes: number; webapps: number; pace: number }>();

const MINUTE_MS = 60_000;
const POLICY_EVERY = 20;
const LEAST_LOOKS = 3;
const MIB = 2 ** 20;
/** Of what is live after the first third, in which caches fill. */
const MOST_GROWTH = 0.1;

const print = (line: string) => process.stdout.write(`${line}\n`);
const fileOf = (index: number) => `apps/app-${index}.yaml`;
const fileAt = (index: number) => manifest(`app-${index}`, { image: `nginx:1.${index}` });

let newest = webapps;
const first = Array.from({ length: newest }, (_, index) => [fileOf(index), fileAt(index)]);
await using world = await openWorld({
  ...{ instances: 1, tick: '60s', drift: '60s', interval: '60s', nodeOptions: INSPECTED },
  files: { 'policies/few-pods.yaml': policyOf(5), ...Object.fromEntries(first) },
  faultAt: () => undefined,
  isLost: () => false,
});
await world.follow(NAMESPACE);
const parts = { functions: world.instances[0]?.logFile ?? '', relay: world.relay.logFile };
const seen: Record<keyof typeof parts, Memory[]> = { functions: [], relay: [] };
/** The processes, as they were at the first look. */
let began: string | undefined;
const processes = () => Promise.all(Object.values(parts).map(inspectorOf));
const signal = AbortSignal.timeout(minutes * MINUTE_MS);
await Promise.all([churn(), look()]);

const grown = Object.entries(seen).map(([part, all]) => {
  const settled = all[Math.floor(all.length / 3)]?.live ?? 0;
  return { part, by: (all.at(-1)?.live ?? 0) / settled - 1 };
});
const told = grown.map(({ part, by }) => `${part} ${(by * 100).toFixed(1)} %`).join(', ');
print(
  `${minutes} min, ${newest} WebApps of which ${webapps} at a time; live memory grew since the first third: ${told}`,
);
const isSame = seen.functions.length >= LEAST_LOOKS && `${await processes()}` === began;
if (!isSame) print(`✗ fewer than ${LEAST_LOOKS} looks, or a process that did not live through it`);
process.exitCode = isSame && grown.every(({ by }) => by <= MOST_GROWTH) ? 0 : 1;

/** A WebApp comes with each commit and the oldest goes. */
async function churn(): Promise<void> {
  const { clone } = world.git;
  while (!signal.aborted) {
    const oldest = newest - webapps;
    await clone.commit({
      [fileOf(oldest)]: null,
      [fileOf(newest)]: fileAt(newest),
      ...(newest % POLICY_EVERY === 0 && { 'policies/few-pods.yaml': policyOf(5 + newest) }),
    });
    await clone.git('push', '--quiet', 'origin', 'HEAD');
    await beRefused(newest++);
    await sleep(pace * 1_000);
  }
}

/** Strangers, each with a name of its own. */
async function beRefused(index: number): Promise<void> {
  for (const path of [`/nowhere-${index}`, `/webhooks/github/space-${index}`, '/events']) {
    const headers = { authorization: `Bearer ${index}`, 'x-hub-signature-256': `sha256=${index}` };
    const answer = await request(world.balancer.url + path, {
      method: 'POST',
      headers,
      body: '{}',
    });
    await answer.body.dump();
  }
}

/** Each minute, while the load goes on: what is under way is live, too. */
async function look(): Promise<void> {
  while (!signal.aborted) {
    await sleep(MINUTE_MS, undefined, { signal }).catch(() => {});
    for (const part of ['functions', 'relay'] as const)
      seen[part].push(await memoryOf(parts[part]));
    began ??= `${await processes()}`;
    print(`${seen.functions.length} min, ${newest} WebApps so far: ${figures()}`);
  }
}

function figures(): string {
  return Object.entries(seen)
    .map(([part, all]) => {
      const { live = 0, resident = 0 } = all.at(-1) ?? {};
      return `${part} ${(live / MIB).toFixed(1)} MiB live, ${(resident / MIB).toFixed(0)} MiB resident`;
    })
    .join('; ');
}
