import { access, copyFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { loadKubeConfig } from '../../functions/kube-config.ts';
import { startControlPlane } from '../control-plane/start.ts';
import { versions } from '../control-plane/versions.ts';
import type { StartOptions } from './options.ts';
import type { Story } from './story.ts';

/** The cluster that is worked on. */
export interface OpenCluster {
  readonly server: string;
  /** Kubeconfig of an administrator, in the project's folder. */
  readonly kubeconfig: string;
  readonly kubectl: string;
  /** Somebody else's: what is put into it is taken out again. */
  readonly borrowed: boolean;
  /** Aborted when the cluster has ended by itself. */
  readonly lost: AbortSignal;
}

/** How a part of the story is told and ended. */
export interface Scene {
  readonly story: Story;
  readonly stack: AsyncDisposableStack;
  readonly signal: AbortSignal;
  /** Folder for files that others may read while it runs. */
  readonly state: string;
}

/** Starts a cluster, or opens the one that was named, saying so before it is touched. */
export function openCluster(options: StartOptions, scene: Scene): Promise<OpenCluster> {
  const named = options.kubeconfig !== undefined || options.context !== undefined;
  return named ? borrow(options, scene) : startOwn(scene);
}

async function startOwn({ story, stack, signal, state }: Scene): Promise<OpenCluster> {
  story.say('► starting a cluster: etcd, kube-apiserver, controller-manager, scheduler, kwok');
  const plane = await story.step(
    'controlPlane',
    () => startControlPlane({ audit: true, signal, log: (line) => story.say(line) }),
    ({ server }) => `Kubernetes ${versions.kubernetes} at ${server}`,
  );
  stack.use(plane);
  const kubeconfig = join(state, 'kubeconfig');
  await copyFile(plane.kubeconfig, kubeconfig);
  const { server, lost, binaries } = plane;
  return { server, kubeconfig, kubectl: await kubectlOr(binaries.kubectl), borrowed: false, lost };
}

async function borrow(options: StartOptions, { story, state }: Scene): Promise<OpenCluster> {
  const config = loadKubeConfig(options);
  const server = config.getCurrentCluster()?.server ?? '';
  story.say(`► using the cluster of context ${config.getCurrentContext()} at ${server}`);
  story.say(
    `  It gets the CRDs, the rights of infra/rbac and the namespace ${options.namespace}; what was not there`,
  );
  story.say('  before is deleted at the end.');
  const kubeconfig = join(state, 'kubeconfig');
  await writeFile(kubeconfig, config.exportConfig(), { mode: 0o600 });
  return {
    server,
    kubeconfig,
    kubectl: 'kubectl',
    borrowed: true,
    lost: new AbortController().signal,
  };
}

/** The reader's own kubectl is the shorter name to type. */
async function kubectlOr(ours: string): Promise<string> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = await Promise.allSettled(folders.map((folder) => access(join(folder, 'kubectl'))));
  return found.some(({ status }) => status === 'fulfilled') ? 'kubectl' : ours;
}
