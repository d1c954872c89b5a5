// The chart, rendered by the real Helm.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../gitops/objects.ts';
import { findGoProgram } from '../../infra/go-program.ts';
import { CHART } from '../../infra/helm/manifests.ts';
import { HELM } from '../../infra/helm/programs.ts';

const run = promisify(execFile);
const MAX_OUTPUT = 2 ** 25;

export const NAMESPACE = 'webapp-operator-system';
/** Values as they would stand in a file. */
export type Values = Readonly<Record<string, unknown>>;

export const KNATIVE_APIS = [
  'serving.knative.dev/v1',
  'eventing.knative.dev/v1',
  'sources.knative.dev/v1',
];
const ALL_APIS = [...KNATIVE_APIS, 'cert-manager.io/v1', 'monitoring.coreos.com/v1'];

/** Everything on, in either mode. */
export const EVERYTHING: Values = {
  ingress: { enabled: true, host: 'hooks.example.org', tlsSecretName: 'hooks' },
  settings: { pushgatewayUrl: 'http://pushgateway.monitoring:9091' },
  monitoring: {
    serviceMonitor: { enabled: true },
    prometheusRule: { enabled: true },
    dashboards: { enabled: true },
    kubeStateMetrics: { enabled: true },
  },
};
export const KNATIVE: Values = {
  mode: 'knative',
  settings: EVERYTHING.settings,
  monitoring: {
    prometheusRule: { enabled: true },
    dashboards: { enabled: true },
    kubeStateMetrics: { enabled: true },
  },
};

/** Runs Helm, with `values` as its standard input, and returns what it printed; fails with its own words. */
export async function helm(args: readonly string[], values: Values = {}): Promise<string> {
  const running = run(await findGoProgram(HELM), args, { maxBuffer: MAX_OUTPUT });
  running.child.stdin?.end(JSON.stringify(values));
  return (await running).stdout;
}

/** Returns the objects that the chart makes with these values, on a cluster that serves these APIs beside its own. */
export async function rendered(
  values: Values = {},
  { apis = ALL_APIS, release = 'webapp-operator' } = {},
): Promise<KubeObject[]> {
  const text = await manifest(values, { apis, release });
  return (loadAll(text) as (KubeObject | null)[]).filter((object) => object !== null);
}

/** The same as text. */
export function manifest(
  values: Values = {},
  { apis = ALL_APIS, release = 'webapp-operator' } = {},
): Promise<string> {
  const served = apis.flatMap((api) => ['--api-versions', api]);
  return helm(
    ['template', release, CHART, '--namespace', NAMESPACE, '--values', '-', ...served],
    values,
  );
}

/** Returns what Helm says of values that it does not take. */
export async function refusal(values: Values, apis = ALL_APIS): Promise<string> {
  try {
    await manifest(values, { apis });
  } catch (error) {
    return String((error as { stderr?: string }).stderr);
  }
  throw new Error(`the chart takes ${JSON.stringify(values)}`);
}

/** Returns the one object of a kind and name, as T. */
export function the<T>(objects: readonly KubeObject[], kind: string, name: string): KubeObject & T {
  const found = objects.filter((one) => one.kind === kind && one.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} objects are ${kind} ${name}`);
  return found[0] as KubeObject & T;
}
