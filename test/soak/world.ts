// The whole product for a long run: a control plane, a Git server, several instances of the functions behind a balancer,
// the relay. Between the functions and the API server is the gate; every part can be taken away and given back.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKubeConfig } from '../../functions/kube-config.ts';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { startControlPlane } from '../../infra/control-plane/start.ts';
import { Installation, SERVICE_ACCOUNTS } from '../../infra/install.ts';
import type { Entry } from '../faults/journal.ts';
import { Mirror } from '../faults/mirror.ts';
import type { RequestFault } from '../faults/plan.ts';
import type { State } from '../faults/state.ts';
import { ApiGate } from './api-gate.ts';
import { Balancer } from './balancer.ts';
import { GitHost } from './git-host.ts';
import type { KeptProcess } from './kept-process.ts';
import { freePorts, type Instance, makeRelay, startInstances } from './parts.ts';

/** Namespace of the WebApps that are disturbed, and name of their source. */
export const NAMESPACE = 'soak';
export const SOURCE = 'fleet';

/** What the run is made of; times are durations such as 15s. */
export interface WorldOptions {
  readonly instances: number;
  readonly tick: string;
  readonly drift: string;
  /** How often the branch is looked at. */
  readonly interval: string;
  readonly files: Record<string, string>;
  /** URL of a Pushgateway. */
  readonly gateway?: string;
  /** NODE_OPTIONS of the functions and the relay. */
  readonly nodeOptions?: string;
  faultAt(entry: Entry): RequestFault | undefined;
  isLost(): boolean;
}

/** Everything that runs; closing it ends it all. */
export interface World extends AsyncDisposable {
  readonly auditLog: string;
  readonly admin: Installation;
  readonly git: GitHost;
  readonly gate: ApiGate;
  readonly balancer: Balancer;
  readonly instances: readonly Instance[];
  readonly relay: KeptProcess;
  /** Returns what is in a namespace, that of the disturbed WebApps unless given, as watches tell it. */
  look(namespace?: string): State;
  /** Makes a namespace with a source that follows the repository. */
  follow(namespace: string): Promise<void>;
}

/** Starts it all, without a source to follow. */
export async function openWorld(options: WorldOptions): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const { plane, ca, admin, mirror } = await openCluster(stack);
  const { faultAt, isLost, interval, files } = options;
  const { server } = plane;
  const gate = stack.use(await ApiGate.open({ server, ca, namespace: NAMESPACE, faultAt }));
  const ports = await freePorts(options.instances);
  const balancer = stack.use(await Balancer.open(ports, isLost));
  const secret = crypto.randomUUID();
  const common = { folder: await openFolder(stack), env: settings(options, secret) };
  const token = await admin.tokenFor(SERVICE_ACCOUNTS.functions);
  const instances = await startInstances(ports, { server: gate.url, token }, common);
  for (const { process } of instances) stack.defer(() => process.hold());
  const way = { server: gate.cable.url, ca, token: await admin.tokenFor(SERVICE_ACCOUNTS.relay) };
  const relay = await makeRelay(balancer.url, way, common);
  stack.defer(() => relay.hold());
  relay.run();
  const webhook = { url: `${balancer.url}/webhooks/plain`, secret };
  const git = stack.use(await GitHost.start(webhook, files));
  const kept = stack.move();
  return {
    ...{ auditLog: plane.auditLog ?? '', admin, git, gate, balancer, instances, relay },
    look: (namespace = NAMESPACE) => mirror.state(namespace),
    follow: (namespace) => follow(namespace, admin, { url: git.url, interval }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function openCluster(stack: AsyncDisposableStack) {
  const plane = stack.use(await startControlPlane({ audit: true }));
  const admin = new Installation(loadKubeConfig({ kubeconfig: plane.kubeconfig }));
  stack.defer(() => admin.close());
  await admin.install();
  const mirror = await Mirror.start(admin.api);
  stack.defer(() => mirror.stop());
  return { plane, ca: await readFile(plane.caFile, 'utf8'), admin, mirror };
}

async function openFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-soak-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function follow(
  namespace: string,
  admin: Installation,
  { url, interval }: { url: string; interval: string },
): Promise<void> {
  await admin.ensureNamespace(namespace);
  const { apiVersion, kind } = WEBAPP_SOURCE;
  const spec = { url, path: 'apps', interval, policies: { path: 'policies' } };
  const metadata = { name: SOURCE, namespace };
  await admin.cluster.create(WEBAPP_SOURCE, { apiVersion, kind, metadata, spec });
}

function settings(
  { tick, drift, gateway = '', nodeOptions }: WorldOptions,
  secret: string,
): Record<string, string> {
  return {
    WEBHOOK_SECRET: secret,
    GIT_HOSTS: '127.0.0.1',
    EVENT_TOKEN: crypto.randomUUID(),
    TICK_INTERVAL: tick,
    DRIFT_INTERVAL: drift,
    PUSHGATEWAY_URL: gateway,
    ...(nodeOptions && { NODE_OPTIONS: nodeOptions }),
  };
}
