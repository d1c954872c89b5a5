// `npm run outages`: each part is away in turn while edits go on, and comes back. What is told is how long it took from
// then on until the cluster was as the branch says. No fault comes but the outage.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  aboveZero,
  countingNumber,
  scriptCommand,
  wholeNumber,
} from '../../infra/script-command.ts';
import { Random } from '../helpers/random.ts';
import { GatewayHost } from './gateway-host.ts';
import { judge, untilConverged } from './judge.ts';
import { leftToDo } from './left-to-do.ts';
import { Load } from './load.ts';
import { conclude, openUnderLoad, print } from './load-run.ts';
import type { World } from './world.ts';

interface Options {
  readonly seconds: number;
  readonly seed: number;
  readonly webapps: number;
  readonly tick: number;
}

const { seconds, seed, webapps, tick } = scriptCommand(
  'npm run outages',
  'Takes each part away in turn while edits go on, and measures how long all takes to converge after its return.',
)
  .option('--seconds <seconds>', 'how long each is away', aboveZero, 120)
  .option('--seed <number>', 'seed of the edits', wholeNumber, 1)
  .option('--webapps <count>', 'WebApps', countingNumber, 50)
  .option('--tick <seconds>', 'time between two ticks', countingNumber, 20)
  .parse()
  .opts<Options>();

interface Outage {
  readonly part: string;
  leave(world: World): Promise<void>;
  comeBack(world: World): Promise<void>;
  /** Whether the part itself has all again, beside what the cluster shows. */
  isWhole?(): Promise<boolean>;
}

const INSTANCES = 2;
await using gateway = await GatewayHost.start();

const OUTAGES: readonly Outage[] = [
  {
    part: 'functions',
    leave: async ({ instances }) => {
      await Promise.all(instances.map(({ process }) => process.hold()));
    },
    comeBack: async ({ instances }) => {
      for (const { process } of instances) process.run();
    },
  },
  {
    part: 'relay',
    leave: ({ relay }) => relay.hold(),
    comeBack: async ({ relay }) => relay.run(),
  },
  {
    part: 'Git server',
    leave: ({ git }) => git.stop(),
    comeBack: ({ git }) => git.comeBack(),
  },
  {
    part: 'API server',
    leave: async ({ gate }) => gate.cable.cut(),
    comeBack: async ({ gate }) => gate.cable.mend(),
  },
  {
    part: 'Pushgateway',
    leave: () => gateway.leave(),
    comeBack: () => gateway.comeBack(),
    isWhole: async () => (await gateway.pushers()) >= INSTANCES,
  },
];

const PACE = { commitMs: 2_000, handMs: 1_000 };
const RETURN_MS = 420_000;

const load = new Load(webapps, new Random(seed));
await using world = await openUnderLoad(load, tick, {
  instances: INSTANCES,
  gateway: gateway.url,
  faultAt: () => undefined,
  isLost: () => false,
});

const took: string[] = [];
const wrong: string[] = [];
for (const outage of OUTAGES) took.push(await suffer(outage));
wrong.push(...(await judge(world, load)));
conclude(
  wrong,
  `each away for ${seconds} s under load, converged after its return in: ${took.join(', ')}; ` +
    `${load.commits} commits, ${load.byHand} edits by hand, ${wrong.length} wrong (seed ${seed})`,
);

/** Returns the part and the seconds that it took after its return. */
async function suffer({ part, leave, comeBack, isWhole }: Outage): Promise<string> {
  const end = new AbortController();
  const edits = load.run(world, PACE, end.signal);
  await leave(world);
  await sleep(seconds * 1_000);
  const returned = performance.now();
  await comeBack(world);
  end.abort();
  await edits;
  const behind = leftToDo(world.look(), load.wishes.specs, load.head).length;
  const left = await untilConverged(world, load, { withinMs: RETURN_MS });
  const whole = isWhole ? await untilWhole(isWhole, returned) : '';
  const after = ((performance.now() - returned) / 1_000).toFixed(1);
  if (typeof left !== 'number') wrong.push(...left.map((line) => `${part}: ${line}`));
  const told = `${part} ${typeof left === 'number' ? `${after} s` : 'never'}${whole}`;
  print(`${told} (${behind} left to do at its return)`);
  return told;
}

/** Returns in words the seconds since it returned until the part had all again. */
async function untilWhole(isWhole: () => Promise<boolean>, returned: number): Promise<string> {
  while (performance.now() - returned < RETURN_MS) {
    const after = ((performance.now() - returned) / 1_000).toFixed(1);
    if (await isWhole()) return ` (told of by all after ${after} s)`;
    await sleep(200);
  }
  wrong.push('not every instance has pushed again');
  return '';
}
