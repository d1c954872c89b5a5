import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Caller, isHealthy, openCaller } from './caller.ts';
import {
  apiServerFlags,
  controllerManagerFlags,
  etcdFlags,
  kwokFlags,
  schedulerFlags,
} from './components.ts';
import { type TokenUser, writeCredentials } from './credentials.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { endOf, type Ground, launch, launchServing } from './launch.ts';
import { makeNodes, nodesAreReady } from './nodes.ts';
import { until } from './until.ts';

/** How callers reach kube-apiserver and know it: its URL and the certificate that signed its own (PEM). */
export interface Entrance {
  server: string;
  ca: string;
}

/**
 * Starts every program in `dir` and returns once the cluster can be worked with (about 5 s).
 * Throws ProcessEnded with the end of its log when a program ends, an error when one is not ready in 60 s.
 */
export async function boot(ground: Ground): Promise<Entrance> {
  const tokens = await writeCredentials(ground.dir);
  launch(ground, 'etcd', etcdFlags);
  const port = await launchServing(ground, 'kube-apiserver', {
    flags: (free) => apiServerFlags(free, ground),
    isReady: (free) => isApiServerReady(ground.dir, free, tokens.admin),
  });
  const entrance = { server: `https://127.0.0.1:${port}`, ca: await readCa(ground.dir) };
  await writeClientFiles(ground.dir, entrance, tokens);
  await using admin = openCaller(port, entrance.ca, tokens.admin);
  await Promise.all([
    launchControllerManager(ground, admin),
    ground.controllers === 'all' &&
      Promise.all([launchScheduler(ground), launchNodes(ground, admin)]),
  ]);
  return entrance;
}

async function isApiServerReady(dir: string, port: number, token: string): Promise<boolean> {
  await using caller = openCaller(port, await readCa(dir), token);
  return (await caller.call('GET', '/readyz')) === 'ok';
}

/** kube-apiserver signs its certificate by an authority made for it alone, which is last in the file. */
async function readCa(dir: string): Promise<string> {
  const chain = await readFile(join(dir, 'certs', 'apiserver.crt'), 'utf8');
  return chain.slice(chain.lastIndexOf('-----BEGIN CERTIFICATE-----'));
}

async function writeClientFiles(
  dir: string,
  entrance: Entrance,
  tokens: Record<TokenUser, string>,
) {
  await writeFile(join(dir, 'ca.crt'), entrance.ca);
  for (const [user, token] of Object.entries(tokens)) {
    const text = kubeconfigText({ ...entrance, user, token });
    await writeFile(join(dir, `${user.replace('system:', '')}.kubeconfig`), text, { mode: 0o600 });
  }
}

async function launchControllerManager(ground: Ground, admin: Caller): Promise<void> {
  await launchServing(ground, 'kube-controller-manager', {
    flags: (port) => controllerManagerFlags(port, ground.controllers),
    isReady: (port) => isHealthy(port, join(ground.dir, 'certs', 'kube-controller-manager.crt')),
  });
  const path = '/api/v1/namespaces/default/serviceaccounts/default';
  const isThere = async () => Boolean(await admin.call('GET', path));
  await until(isThere, { what: 'the default ServiceAccount', signal: endOf(ground) });
}

async function launchScheduler(ground: Ground): Promise<void> {
  await launchServing(ground, 'kube-scheduler', {
    flags: schedulerFlags,
    isReady: (port) => isHealthy(port, join(ground.dir, 'certs', 'kube-scheduler.crt')),
  });
}

async function launchNodes(ground: Ground, admin: Caller): Promise<void> {
  await makeNodes(admin);
  launch(ground, 'kwok', kwokFlags);
  await until(() => nodesAreReady(admin), { what: 'the nodes being Ready', signal: endOf(ground) });
}
