import { readFile } from 'node:fs/promises';
import type { Installation } from '../install.ts';
import { Deployments } from './deployments.ts';
import { Eventing } from './eventing.ts';
import { forward } from './forward.ts';
import { API_SERVER, Kubelet } from './kubelet.ts';
import { Network } from './network.ts';
import { findKnative } from './programs.ts';
import { Serving } from './serving.ts';

/** The cluster that Knative is put into. */
export interface KnativeCluster {
  /** URL of its API server, on loopback. */
  readonly server: string;
  readonly caFile: string;
  /** An administrator's. */
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly admin: Installation;
}

/** Knative's own programs at work; all of it ends with this process. */
export interface Knative extends AsyncDisposable {
  readonly network: Network;
  readonly eventing: Eventing;
  readonly serving: Serving;
}

/** Starts them in network namespaces of their own (needs root); a minute, and longer when they have to be built first. */
export async function startKnative(cluster: KnativeCluster): Promise<Knative> {
  const { admin, kubectl, kubeconfig, server } = cluster;
  const programs = await findKnative();
  const network = await Network.open();
  try {
    await reachApiServer(network, server);
    const world = { admin, ca: await readFile(cluster.caFile, 'utf8'), network };
    const kubelet = new Kubelet(world);
    const deployments = new Deployments({ ...world, kubelet, kubectl, kubeconfig });
    const serving = new Serving(deployments, programs.serving);
    await serving.start();
    const eventing = new Eventing(deployments, programs.eventing);
    await eventing.start();
    const dispose = () => network[Symbol.asyncDispose]();
    return { network, eventing, serving, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await network[Symbol.asyncDispose]();
    throw error;
  }
}

/** Pods know it by the name that every cluster gives it, which its certificate is for. */
async function reachApiServer(network: Network, server: string): Promise<void> {
  const { hostname, port } = new URL(server);
  const host = await network.addService(API_SERVER, 'kubernetes.default.svc.cluster.local');
  await forward({ host, port: 443 }, { host: hostname, port: Number(port) });
}
