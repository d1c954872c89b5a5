// A cluster of its own for the chart, which nothing has been installed in but the CRDs of others.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from '../../infra/control-plane/start.ts';
import { helm, NAMESPACE, type Values } from './chart.ts';
import { foreignCrds } from './foreign-crds.ts';

const run = promisify(execFile);

/** kubectl and Helm on that cluster. */
export interface Plane extends AsyncDisposable {
  readonly cluster: ControlPlane;
  /** Runs kubectl, with `input` as its standard input. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Runs Helm in the chart's namespace. */
  helm(args: readonly string[], values?: Values): Promise<string>;
}

/** Starts it; disposing ends it. */
export async function openPlane(options: ControlPlaneOptions = {}): Promise<Plane> {
  const cluster = await startControlPlane(options);
  const to = ['--kubeconfig', cluster.kubeconfig];
  const kubectl = async (args: readonly string[], input = '') => {
    const running = run(cluster.binaries.kubectl, [...to, ...args], { maxBuffer: 2 ** 25 });
    running.child.stdin?.end(input);
    return (await running).stdout;
  };
  const crds = await foreignCrds();
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: crds });
  await kubectl(['apply', '--server-side', '-f', '-'], list);
  const names = crds.map(({ metadata }) => `crd/${metadata.name}`);
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...names]);
  return {
    ...{ cluster, kubectl },
    helm: (args, values) => helm([...to, '--namespace', NAMESPACE, ...args], values),
    [Symbol.asyncDispose]: () => cluster.stop(),
  };
}
