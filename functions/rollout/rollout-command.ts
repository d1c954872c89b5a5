import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../gitops/cluster.ts';
import { Api } from '../../gitops/io/api.ts';
import { ApiCluster } from '../../gitops/io/cluster.ts';
import { Connector } from '../../gitops/io/connection.ts';
import { trimSlashes } from '../../gitops/trim-slashes.ts';
import { type ClusterChoice, loadKubeConfig } from '../kube-config.ts';
import { countsOf } from './prometheus.ts';
import { type End, type Means, type Plan, pin, rollOut } from './rollout.ts';

/** As the command line gives it; times in seconds, shares in percent. */
export interface RolloutOptions extends ClusterChoice {
  readonly namespace: string;
  readonly pin: boolean;
  readonly prometheus: string;
  readonly steps: string;
  readonly step: string;
  readonly patience: string;
  readonly look: string;
  readonly maxFailed: string;
  readonly minVisits: string;
}

const EXIT_ROLLED_BACK = 1;

/** Pins the Services' traffic, or rolls their newest revisions out. Returns 0, or 1 when new revisions got no traffic. */
export async function rolloutCommand(names: string[], options: RolloutOptions): Promise<number> {
  const { namespace } = options;
  const keys = names.map((name) => ({ namespace, name }));
  const plan = planOf(options);
  const connector = new Connector(loadKubeConfig(options));
  const means = meansOf(new ApiCluster(new Api(connector)), options);
  try {
    if (!options.pin) return tell(await rollOut(keys, plan, means), means);
    await pin(keys, means);
    return 0;
  } finally {
    await connector.close();
  }
}

function tell(end: End, { say, now }: Means): number {
  const took = `after ${(now() / 1_000).toFixed(1)} s`;
  say('why' in end ? `${end.kind} ${took}: ${end.why}` : `${end.kind} ${took}`);
  return 'why' in end ? EXIT_ROLLED_BACK : 0;
}

function meansOf(cluster: Cluster, { prometheus }: RolloutOptions): Means {
  const url = trimSlashes(prometheus);
  const start = performance.now();
  return {
    cluster,
    counts: (revisions, seconds) => countsOf(url, revisions, seconds),
    now: () => performance.now() - start,
    sleep,
    say: (line) => process.stdout.write(`${line}\n`),
  };
}

function planOf(options: RolloutOptions): Plan {
  const steps = options.steps.split(',').map((step) => numberOf('--steps', step));
  if (steps.at(-1) !== 100) throw new Error('--steps must end with 100');
  return {
    steps,
    stepMs: numberOf('--step', options.step) * 1_000,
    patienceMs: numberOf('--patience', options.patience) * 1_000,
    lookMs: numberOf('--look', options.look) * 1_000,
    maxFailed: numberOf('--max-failed', options.maxFailed) / 100,
    minVisits: numberOf('--min-visits', options.minVisits),
  };
}

function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= 0 && Number.isFinite(number)) return number;
  throw new Error(`${option} must be a number, not ${JSON.stringify(text)}`);
}
