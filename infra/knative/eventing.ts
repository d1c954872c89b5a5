// Knative Eventing from its own manifests: its controllers, the broker of channels in memory, and the adapters of sources.
import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { DEPLOYMENT } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { until } from '../control-plane/until.ts';
import { type Endpoint, forward } from './forward.ts';
import { type Kubelet, type KubeletWorld, podSpecOf } from './kubelet.ts';
import type { Pod } from './network.ts';
import type { PodProcess } from './process.ts';

const run = promisify(execFile);

const SYSTEM = 'knative-eventing';
const DOMAIN = 'svc.cluster.local';
const HTTP = 80;
/** Where the broker's parts and the dispatcher of channels listen in their pods. */
const POD_HTTP = 8080;

/** Applied in this order. Left out is what asks for cmd/webhook: nobody sets defaults, so manifests have to say all. */
const MANIFESTS = [
  ['core/100-namespace.yaml'],
  ['core/resources', 'channels/in-memory-channel/resources'],
  [
    ...['eventing', 'pingsource-mt-adapter'].map((name) => `core/200-${name}-serviceaccount.yaml`),
    'core/roles',
    'core/configmaps',
    'core/deployments/controller.yaml',
    'core/deployments/pingsource-mt-adapter.yaml',
    'brokers/mt-channel-broker/roles',
    ...['broker-filter', 'broker-ingress', 'controller'].map(
      (name) => `brokers/mt-channel-broker/deployments/${name}.yaml`,
    ),
    ...['configmaps', 'deployments', 'roles', 'webhooks/secret.yaml'].map(
      (name) => `channels/in-memory-channel/${name}`,
    ),
    ...['controller', 'dispatcher'].map(
      (name) => `channels/in-memory-channel/200-imc-${name}-serviceaccount.yaml`,
    ),
  ],
] as const;

const CONTROLLERS = ['eventing-controller', 'mt-broker-controller', 'imc-controller'];
const DATA_PLANE = ['imc-dispatcher', 'mt-broker-ingress', 'mt-broker-filter'];
/** One instance of each runs, so there is nobody to elect a leader from. */
const ALONE = ['--disable-ha'];

interface EventingWorld extends KubeletWorld {
  readonly kubelet: Kubelet;
  /** Folder of its programs and manifests. */
  readonly folder: string;
  readonly kubectl: string;
  readonly kubeconfig: string;
}

/** A running part. */
export interface Part {
  readonly pod: Pod;
  readonly process: PodProcess;
}

/** Eventing's processes by the names of their Deployments. */
export class Eventing {
  readonly #world: EventingWorld;
  readonly #parts = new Map<string, Part>();

  constructor(world: EventingWorld) {
    this.#world = world;
  }

  /** Applies the manifests and starts everything but the adapters of sources. */
  async start(): Promise<void> {
    for (const names of MANIFESTS) await this.#apply(names);
    for (const name of [...DATA_PLANE, ...CONTROLLERS])
      await this.runDeployment(SYSTEM, name, CONTROLLERS.includes(name) ? ALONE : []);
    await this.#serve('broker-ingress', 'mt-broker-ingress');
    await this.#serve('broker-filter', 'mt-broker-filter');
    for (const name of DATA_PLANE) await this.#untilListening(name);
  }

  async #apply(names: readonly string[]): Promise<void> {
    const { kubectl, kubeconfig, folder } = this.#world;
    const files = names.flatMap((name) => ['-f', join(folder, name)]);
    const flags = ['--kubeconfig', kubeconfig, 'apply', '--server-side', '--force-conflicts', '-R'];
    await run(kubectl, [...flags, ...files], { maxBuffer: 2 ** 24 });
  }

  /** Starts what a Deployment asks for, in a pod of its name; again, with its present environment, if it runs already. */
  async runDeployment(
    namespace: string,
    name: string,
    args: readonly string[] = [],
  ): Promise<Part> {
    const { admin, kubelet, folder } = this.#world;
    const deployment = await admin.cluster.get(DEPLOYMENT, { namespace, name });
    if (deployment === undefined) throw new Error(`there is no Deployment ${namespace}/${name}`);
    const spec = podSpecOf(deployment);
    const running = this.#parts.get(name);
    await running?.process.kill();
    const pod = running?.pod ?? (await kubelet.addPod(name));
    const file = join(folder, basename(spec.containers[0]?.image ?? ''));
    const process = await kubelet.container(pod, { spec, namespace }, { file, args });
    await process.start();
    const part = { pod, process };
    this.#parts.set(name, part);
    return part;
  }

  /** Starts the adapters of all ApiServerSources in a namespace, as soon as the controller has made their Deployments. */
  async runAdapters(namespace: string, count: number): Promise<Part[]> {
    const areThere = async () => (await this.#adaptersIn(namespace)).length >= count;
    await until(areThere, { what: `${count} adapters of ApiServerSources`, signal: NEVER });
    const parts: Part[] = [];
    for (const { metadata } of await this.#adaptersIn(namespace))
      parts.push(await this.runDeployment(namespace, metadata.name));
    return parts;
  }

  async #adaptersIn(namespace: string): Promise<KubeObject[]> {
    const { items } = await this.#world.admin.cluster.list(DEPLOYMENT, { namespace });
    const isAdapter = (item: KubeObject) =>
      basename(podSpecOf(item).containers[0]?.image ?? '') === 'apiserver_receive_adapter';
    return items.filter(isAdapter);
  }

  /** Starts the one adapter of all PingSources, which the controller wakes when there is a first one. */
  async runPingAdapter(): Promise<Part> {
    const key = { namespace: SYSTEM, name: PING_ADAPTER };
    await until(
      async () => {
        const found = await this.#world.admin.cluster.get(DEPLOYMENT, key);
        return (found as { spec?: { replicas?: number } } | undefined)?.spec?.replicas === 1;
      },
      { what: 'the adapter of PingSources being asked for', signal: NEVER },
    );
    return this.runDeployment(SYSTEM, PING_ADAPTER, ALONE);
  }

  part(name: string): Part {
    const part = this.#parts.get(name);
    if (part === undefined) throw new Error(`${name} does not run`);
    return part;
  }

  /** Makes the channel behind a Broker known by its name; all channels in memory are the dispatcher's. */
  async nameChannelOf(broker: string, namespace: string): Promise<void> {
    const host = `${broker}-kne-trigger-kn-channel.${namespace}.${DOMAIN}`;
    await this.#forward(host, this.part('imc-dispatcher').pod);
  }

  async #serve(service: string, deployment: string): Promise<void> {
    await this.#forward(`${service}.${SYSTEM}.${DOMAIN}`, this.part(deployment).pod);
  }

  async #forward(host: string, { address }: Pod): Promise<void> {
    const own = await this.#world.network.addService(host);
    await forward({ host: own, port: HTTP }, { host: address, port: POD_HTTP });
  }

  async #untilListening(name: string): Promise<void> {
    const { pod, process } = this.part(name);
    const at = { host: pod.address, port: POD_HTTP };
    await until(async () => process.isRunning && (await answers(at)), {
      what: `${name} answering`,
      signal: NEVER,
    }).catch(async (cause: unknown) => {
      throw new Error(`${String(cause)}; it said:\n${await process.lastWords()}`, { cause });
    });
  }
}

const PING_ADAPTER = 'pingsource-mt-adapter';
const NEVER = new AbortController().signal;

/** Whether something speaks HTTP there, whatever it says. */
export function answers({ host, port }: Endpoint): Promise<boolean> {
  return fetch(`http://${host}:${port}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    () => true,
    () => false,
  );
}
