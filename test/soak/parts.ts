// The processes of the product: instances of the functions from the container's bundle, and the relay.
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { BUNDLES, writeBundles } from '../../infra/bundle.ts';
import { eventually } from '../cluster/eventually.ts';
import { KeptProcess } from './kept-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** An instance and the port that it always has. */
export interface Instance {
  readonly port: number;
  readonly process: KeptProcess;
  readonly logFile: string;
}

/** How a part reaches the API server; without an authority (PEM) over plain HTTP, as the gate takes it. */
export interface Access {
  readonly server: string;
  readonly ca?: string;
  readonly token: string;
}

/** What parts have in common: a folder for their files, and their settings. */
export interface PartOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Returns ports of 127.0.0.1 that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}

/** Starts an instance at each port and returns once all answer: the bundle and its compiled code, as the image has them. */
export async function startInstances(
  ports: readonly number[],
  access: Access,
  { folder, env }: PartOptions,
): Promise<Instance[]> {
  const kubeconfig = await writeKubeconfig('functions', access, folder);
  const cache = join(folder, 'compiled');
  await mkdir(cache, { recursive: true });
  const bundles = join(folder, 'bundles');
  await writeBundles(bundles, { container: BUNDLES.container });
  const shared = { ...env, ...kubeconfig, HOST: '127.0.0.1', NODE_COMPILE_CACHE: cache };
  const instances = ports.map((port, index) => {
    const logFile = join(folder, `functions-${index + 1}.log`);
    const args = [join(bundles, 'container.cjs')];
    const own = { ...shared, PORT: String(port) };
    return { port, logFile, process: new KeptProcess({ args, env: own, logFile }) };
  });
  for (const instance of instances.slice(0, 1)) await writeCache(instance);
  for (const { process } of instances) process.run();
  await Promise.all(instances.map(isUp));
  return instances;
}

/** Node writes it when a process ends in peace. */
async function writeCache(instance: Instance): Promise<void> {
  instance.process.run();
  await isUp(instance);
  await instance.process.hold('SIGTERM');
}

/** Returns once the instance answers; throws after 30 s. */
export async function isUp({ port, logFile }: Instance): Promise<void> {
  const answers = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok === true;
  };
  await eventually(`an instance that answers; see ${logFile}`, answers);
}

/** Returns the relay, not yet running. */
export async function makeRelay(
  sink: string,
  access: Access,
  { folder, env }: PartOptions,
): Promise<KeptProcess> {
  const kubeconfig = await writeKubeconfig('relay', access, folder);
  const args = [join(ROOT, 'functions', 'cli.ts'), 'relay', '--sink', sink];
  const logFile = join(folder, 'relay.log');
  return new KeptProcess({ args, env: { ...env, ...kubeconfig }, logFile });
}

async function writeKubeconfig(user: string, { server, ca, token }: Access, folder: string) {
  const file = join(folder, `${user}.kubeconfig`);
  const config = new KubeConfig();
  const caData = ca && { caData: Buffer.from(ca).toString('base64') };
  config.loadFromClusterAndUser(
    { name: 'soak', server, skipTLSVerify: ca === undefined, ...caData },
    { name: user, token },
  );
  await writeFile(file, config.exportConfig(), { mode: 0o600 });
  return { KUBECONFIG: file };
}
