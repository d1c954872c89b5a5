// Knative Eventing from its own manifests: its controllers, the broker of channels in memory, and the adapters of sources.
import { basename } from 'node:path';
import { DEPLOYMENT } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { until } from '../control-plane/until.ts';
import { ALONE, type Deployments, DOMAIN, type Part } from './deployments.ts';
import { podSpecOf } from './kubelet.ts';
import { startWebhook } from './webhook.ts';

const SYSTEM = 'knative-eventing';
/** Where the broker's parts and the dispatcher of channels listen in their pods. */
const POD_HTTP = 8080;

/** Applied in this order. Left out are kinds of sinks, and what lets a part scale. */
const MANIFESTS = [
  ['core/100-namespace.yaml'],
  ['core/resources', 'channels/in-memory-channel/resources'],
  [
    ...['eventing', 'pingsource-mt-adapter', 'webhook'].map(
      (name) => `core/200-${name}-serviceaccount.yaml`,
    ),
    'core/roles',
    'core/configmaps',
    ...['controller', 'pingsource-mt-adapter', 'webhook'].map(
      (name) => `core/deployments/${name}.yaml`,
    ),
    'core/webhooks/secret.yaml',
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

const WEBHOOK = 'eventing-webhook';
const CONTROLLERS = ['eventing-controller', 'mt-broker-controller', 'imc-controller'];
const DATA_PLANE = ['imc-dispatcher', 'mt-broker-ingress', 'mt-broker-filter'];
const PING_ADAPTER = 'pingsource-mt-adapter';
const NEVER = new AbortController().signal;

/** Eventing's processes. */
export class Eventing {
  readonly #deployments: Deployments;
  readonly #folder: string;

  /** `folder` has its programs and its manifests. */
  constructor(deployments: Deployments, folder: string) {
    this.#deployments = deployments;
    this.#folder = folder;
  }

  /** Applies the manifests and starts everything but the adapters of sources. */
  async start(): Promise<void> {
    for (const names of MANIFESTS) await this.#deployments.apply(this.#folder, names);
    for (const name of DATA_PLANE) await this.#run(name);
    for (const name of CONTROLLERS) await this.#run(name, ALONE);
    await startWebhook(this.#deployments, {
      key: { namespace: SYSTEM, name: WEBHOOK },
      folder: this.#folder,
      manifests: ['defaulting', 'resource-validation'].map((name) => `core/webhooks/${name}.yaml`),
      name: 'webhook.eventing.knative.dev',
    });
    await this.#serve('broker-ingress', 'mt-broker-ingress');
    await this.#serve('broker-filter', 'mt-broker-filter');
    for (const name of DATA_PLANE)
      await this.#deployments.untilPart(name, 'it answers', () => this.#answers(name));
  }

  #run(name: string, args: readonly string[] = []): Promise<Part> {
    return this.#deployments.run({ namespace: SYSTEM, name }, { folder: this.#folder, args });
  }

  async #serve(service: string, deployment: string): Promise<void> {
    const { pod } = this.part(deployment);
    await this.#deployments.serve(`${service}.${SYSTEM}.${DOMAIN}`, pod, POD_HTTP);
  }

  /** Whatever it says. */
  async #answers(name: string): Promise<boolean> {
    const { address } = this.part(name).pod;
    await fetch(`http://${address}:${POD_HTTP}/healthz`, { signal: AbortSignal.timeout(1_000) });
    return true;
  }

  part(name: string): Part {
    return this.#deployments.part(name);
  }

  /** Makes the channel behind a Broker known by its name; all channels in memory are the dispatcher's. */
  async nameChannelOf(broker: string, namespace: string): Promise<void> {
    const host = `${broker}-kne-trigger-kn-channel.${namespace}.${DOMAIN}`;
    await this.#deployments.serve(host, this.part('imc-dispatcher').pod, POD_HTTP);
  }

  /** Starts the adapters of all ApiServerSources in a namespace, as soon as the controller has made their Deployments. */
  async runAdapters(namespace: string, count: number): Promise<Part[]> {
    const areThere = async () => (await this.#adaptersIn(namespace)).length >= count;
    await until(areThere, { what: `${count} adapters of ApiServerSources`, signal: NEVER });
    const parts: Part[] = [];
    for (const { metadata } of await this.#adaptersIn(namespace)) {
      const key = { namespace, name: metadata.name };
      parts.push(await this.#deployments.run(key, { folder: this.#folder }));
    }
    return parts;
  }

  async #adaptersIn(namespace: string): Promise<KubeObject[]> {
    const { items } = await this.#deployments.world.admin.cluster.list(DEPLOYMENT, { namespace });
    const isAdapter = (item: KubeObject) =>
      basename(podSpecOf(item).containers[0]?.image ?? '') === 'apiserver_receive_adapter';
    return items.filter(isAdapter);
  }

  /** Starts the one adapter of all PingSources, which the controller wakes when there is a first one. */
  async runPingAdapter(): Promise<Part> {
    const isAskedFor = async () => {
      const key = { namespace: SYSTEM, name: PING_ADAPTER };
      const found = await this.#deployments.world.admin.cluster.get(DEPLOYMENT, key);
      return (found as { spec?: { replicas?: number } } | undefined)?.spec?.replicas === 1;
    };
    await until(isAskedFor, { what: 'the adapter of PingSources being asked for', signal: NEVER });
    return this.#run(PING_ADAPTER, ALONE);
  }
}
