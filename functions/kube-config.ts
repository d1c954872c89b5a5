import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { environment } from './config.ts';

/** Which cluster to use. Without a choice: KUBECONFIG, else the pod's own identity. A context alone is one of the user's. */
export interface ClusterChoice {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** kubectl's own file. The library's way to it makes up a cluster where there is none. */
const usersFile = () => join(homedir(), '.kube', 'config');

/** Returns the credentials for the chosen cluster; never falls back to a cluster nobody named. */
export function loadKubeConfig({ kubeconfig, context }: ClusterChoice = {}): KubeConfig {
  const config = new KubeConfig();
  const file = kubeconfig ?? (environment.KUBECONFIG || (context && usersFile()));
  if (file) loadFile(config, file);
  else if (environment.KUBERNETES_SERVICE_HOST) config.loadFromCluster();
  else
    throw new Error('no cluster: set KUBECONFIG, give --kubeconfig or --context, or run in a pod');
  if (context !== undefined) useContext(config, context);
  return config;
}

function loadFile(config: KubeConfig, file: string): void {
  if (!existsSync(file)) throw new Error(`there is no kubeconfig at ${file}`);
  config.loadFromFile(file);
}

function useContext(config: KubeConfig, context: string): void {
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) {
    throw new Error(
      `the kubeconfig has no context ${context}; it has ${known.join(', ') || 'none'}`,
    );
  }
  config.setCurrentContext(context);
}
