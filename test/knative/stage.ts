// The product on Knative: its manifests applied, reconciled by Knative's controllers, its functions behind queue-proxy.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { KNATIVE_SERVICE } from '../../functions/rollout/knative-service.ts';
import type { Kind } from '../../gitops/kinds.ts';
import type { Condition, KubeObject } from '../../gitops/objects.ts';
import type { PodProcess } from '../../infra/knative/process.ts';
import type { ServicePod } from '../../infra/knative/serving.ts';
import { type Knative, startKnative } from '../../infra/knative/start.ts';
import { eventually } from '../cluster/eventually.ts';
import { type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { type Kubectl, kubectlOf } from '../integration/guide-flow.ts';
import { renderChart } from './render-chart.ts';

export const SYSTEM = 'webapp-operator-system';
/** Also the name of the Broker, and what the names of all else begin with. */
export const RELEASE = 'webapp-operator';

/** What the chart is told. The CRDs are there, and nobody makes certificates. */
const VALUES = {
  mode: 'knative',
  // Fewer than the events that come at once, so that the bound is seen.
  'knative.functions.webapps.containerConcurrency': '4',
  'crds.enabled': 'false',
  'webhook.enabled': 'false',
  'knative.broker.config.name': 'config-br-default-channel',
};
const EVENTING = 'eventing.knative.dev/v1';
const SOURCES = 'sources.knative.dev/v1';
export const BROKER: Kind = { apiVersion: EVENTING, kind: 'Broker', plural: 'brokers' };
export const TRIGGER: Kind = { apiVersion: EVENTING, kind: 'Trigger', plural: 'triggers' };
export const API_SERVER_SOURCE: Kind = {
  apiVersion: SOURCES,
  kind: 'ApiServerSource',
  plural: 'apiserversources',
};
export const PING_SOURCE: Kind = {
  apiVersion: SOURCES,
  kind: 'PingSource',
  plural: 'pingsources',
};

/** Everything that runs. */
export interface Stage {
  readonly cluster: TestCluster;
  readonly knative: Knative;
  readonly kubectl: Kubectl;
  /** The functions by the names of their Knative Services. */
  readonly functions: ReadonlyMap<string, ServicePod>;
  /** The adapters of ApiServerSources. */
  readonly adapters: readonly PodProcess[];
}

/** Starts all of it; it ends with the process. */
export async function openStage(log: (line: string) => void): Promise<Stage> {
  const cluster = await testCluster();
  const seconds = stopwatch();
  const knative = await startKnative(cluster);
  log(`Knative Eventing's controllers and broker: ${seconds()} s`);
  await knative.eventing.nameChannelOf(RELEASE, SYSTEM);
  const world = { cluster, knative, kubectl: kubectlOf(cluster) };
  const parts = await applyChart(world);
  await knative.eventing.runPingAdapter();
  await untilAllReady(cluster);
  log(`the chart's objects Ready, its functions behind queue-proxy: ${seconds()} s`);
  return { ...world, ...parts };
}

type World = Pick<Stage, 'cluster' | 'knative' | 'kubectl'>;

/** Applies the chart with these values, and starts its functions and the adapters again with what it says. */
export async function applyChart(
  { cluster, knative, kubectl }: World,
  values: Readonly<Record<string, string>> = {},
): Promise<Pick<Stage, 'functions' | 'adapters'>> {
  const file = join(knative.network.folder, 'chart.yaml');
  const release = { name: RELEASE, namespace: SYSTEM, values: { ...VALUES, ...values } };
  await writeFile(file, await renderChart(release));
  await kubectl('apply', '--server-side', '--force-conflicts', '--field-manager=helm', '-f', file);
  const functions = await runFunctions(cluster, knative);
  await untilAllReady(cluster, [BROKER, TRIGGER]);
  const adapters = await knative.eventing.runAdapters(SYSTEM, 1);
  return { functions, adapters: adapters.map(({ process }) => process) };
}

async function runFunctions({ admin }: TestCluster, { serving }: Knative) {
  const { items } = await admin.cluster.list(KNATIVE_SERVICE, { namespace: SYSTEM });
  const pods = items.map(async (item) => [item.metadata.name, await serving.run(item)] as const);
  return new Map(await Promise.all(pods));
}

const KINDS = [BROKER, TRIGGER, API_SERVER_SOURCE, PING_SOURCE];

/** Returns when all objects of these kinds are Ready, each as its controller says. */
export async function untilAllReady({ admin }: TestCluster, kinds = KINDS): Promise<void> {
  for (const kind of kinds)
    await eventually(`every ${kind.kind} Ready`, async () => {
      const { items } = await admin.cluster.list(kind, { namespace: SYSTEM });
      return items.length > 0 && items.every(isReady);
    });
}

/** An older status says nothing of what is asked for now. */
function isReady({ metadata, status }: KubeObject): boolean {
  const { conditions = [], observedGeneration } = (status ?? {}) as Observed;
  const isTrue = conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
  return isTrue && observedGeneration === metadata.generation;
}

interface Observed {
  readonly conditions?: readonly Condition[];
  readonly observedGeneration?: number;
}

/** Returns a clock that tells the seconds since it was last asked, with one decimal. */
export function stopwatch(): () => string {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - last) / 1_000;
    last = now;
    return seconds.toFixed(1);
  };
}

/** Logs how long a step took, and returns what it gave. */
export async function timed<T>(
  t: ExecutionContext,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const seconds = stopwatch();
  const result = await work();
  t.log(`${what}: ${seconds()} s`);
  return result;
}
