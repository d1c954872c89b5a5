// Knative Services without Serving's controllers: one pod for each, in which the product's functions run behind
// Serving's own queue-proxy, with what the Service says of both. Serving's webhook runs, too; there is no autoscaler and
// no activator.
import { join } from 'node:path';
import { KNATIVE_SERVICE } from '../../functions/rollout/knative-service.ts';
import { CONFIG_MAP, resourcePath } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { until } from '../control-plane/until.ts';
import { type Deployments, DOMAIN } from './deployments.ts';
import type { PodSpec } from './kubelet.ts';
import type { Pod } from './network.ts';
import { PodProcess } from './process.ts';
import { startWebhook } from './webhook.ts';

/** The image's entry. */
const ENTRY = join(import.meta.dirname, '..', '..', 'functions', 'cli.ts');
/** Where Serving has queue-proxy listen, and the port it gives to containers that name none. */
const QUEUE_PORT = 8012;
const USER_PORT = 8080;

const SYSTEM = 'knative-serving';
const MANIFESTS = [
  ['core/100-namespace.yaml'],
  ['core/300-resources'],
  [
    'core/200-serviceaccount.yaml',
    'core/200-roles',
    'core/configmaps',
    'core/deployments/webhook.yaml',
    'core/webhooks/secret.yaml',
  ],
] as const;
/** Comes with another module; its defaults will do. */
const NETWORK = {
  apiVersion: CONFIG_MAP.apiVersion,
  kind: CONFIG_MAP.kind,
  metadata: { namespace: SYSTEM, name: 'config-network' },
};

interface RevisionSpec extends PodSpec {
  readonly containerConcurrency?: number;
  readonly timeoutSeconds?: number;
}

/** A pod of a Knative Service. */
export interface ServicePod {
  readonly pod: Pod;
  readonly functions: PodProcess;
  readonly queueProxy: PodProcess;
  /** Where this machine reaches queue-proxy; nothing lies in between. */
  readonly url: string;
  /** Returns when the functions answer through queue-proxy. */
  ready(): Promise<void>;
}

/** Runs the pods of Knative Services. */
export class Serving {
  readonly #deployments: Deployments;
  readonly #folder: string;
  readonly #running = new Map<string, ServicePod>();

  /** `folder` has its programs and its manifests. */
  constructor(deployments: Deployments, folder: string) {
    this.#deployments = deployments;
    this.#folder = folder;
  }

  /** Applies its kinds and starts the webhook that sets their defaults and validates them. */
  async start(): Promise<void> {
    for (const names of MANIFESTS) await this.#deployments.apply(this.#folder, names);
    await this.#world.admin.cluster.apply(CONFIG_MAP, NETWORK, { manager: 'knative', live: 'any' });
    await startWebhook(this.#deployments, {
      key: { namespace: SYSTEM, name: 'webhook' },
      folder: this.#folder,
      manifests: ['defaulting', 'resource-validation'].map((name) => `core/webhooks/${name}.yaml`),
      name: 'webhook.serving.knative.dev',
    });
  }

  get #world() {
    return this.#deployments.world;
  }

  /** Starts the pod of a Service, in place of one that runs already; then its status tells its address. */
  async run(service: KubeObject): Promise<ServicePod> {
    const { namespace = '', name } = service.metadata;
    const spec = revisionOf(service);
    const pod = await this.#podOf(service);
    const own = { K_SERVICE: name, K_REVISION: revision(name), PORT: String(USER_PORT) };
    const args = [ENTRY, ...(spec.containers[0]?.args ?? [])];
    const program = { file: process.execPath, args, env: own };
    const functions = await this.#world.kubelet.container(pod, { spec, namespace }, program);
    const queueProxy = new PodProcess(pod, this.#queueProxy(pod, { namespace, name, spec }));
    await Promise.all([functions.start(), queueProxy.start()]);
    const url = `http://${pod.address}:${QUEUE_PORT}`;
    const started = { pod, functions, queueProxy, url, ready: () => untilReady(url, functions) };
    this.#running.set(name, started);
    await started.ready();
    await this.#tellAddress(service);
    return started;
  }

  async #podOf({ metadata: { namespace, name } }: KubeObject): Promise<Pod> {
    const running = this.#running.get(name);
    if (running) {
      await Promise.all([running.functions.kill(), running.queueProxy.kill()]);
      return running.pod;
    }
    const pod = await this.#world.kubelet.addPod(name);
    await this.#deployments.serve(`${name}.${namespace}.${DOMAIN}`, pod, QUEUE_PORT);
    return pod;
  }

  /** As Serving's controller writes it (pkg/reconciler/revision/resources/queue.go names the variables). */
  #queueProxy(
    pod: Pod,
    { namespace, name, spec }: { namespace: string; name: string; spec: RevisionSpec },
  ) {
    const { containerConcurrency = 0, timeoutSeconds = 300 } = spec;
    const probe = { httpGet: { path: '/healthz', port: USER_PORT, host: '127.0.0.1' } };
    return {
      name: `${name}/queue-proxy`,
      file: join(this.#folder, 'queue'),
      logFile: join(this.#world.network.folder, 'logs', `${name}.queue-proxy.log`),
      env: {
        CONTAINER_CONCURRENCY: String(containerConcurrency),
        QUEUE_SERVING_PORT: String(QUEUE_PORT),
        QUEUE_SERVING_TLS_PORT: '8112',
        USER_PORT: String(USER_PORT),
        REVISION_TIMEOUT_SECONDS: String(timeoutSeconds),
        SERVING_READINESS_PROBE: JSON.stringify({ ...probe, successThreshold: 1 }),
        SERVING_LOGGING_CONFIG: '',
        SERVING_LOGGING_LEVEL: 'warn',
        SERVING_NAMESPACE: namespace,
        SERVING_SERVICE: name,
        SERVING_CONFIGURATION: name,
        SERVING_REVISION: revision(name),
        SERVING_POD: pod.name,
        SERVING_POD_IP: pod.address,
      },
    };
  }

  /** What Serving's controller says of a Service that is ready: sources and Triggers find it by its address. */
  async #tellAddress({ metadata }: KubeObject): Promise<void> {
    const { namespace, name } = metadata;
    const url = `http://${name}.${namespace}.${DOMAIN}`;
    const conditions = ['ConfigurationsReady', 'RoutesReady', 'Ready'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: new Date().toISOString(),
    }));
    const { apiVersion, kind } = KNATIVE_SERVICE;
    await this.#world.admin.api.json({
      method: 'PATCH',
      path: `${resourcePath(KNATIVE_SERVICE, namespace, name)}/status`,
      contentType: 'application/merge-patch+json',
      body: { apiVersion, kind, status: { url, address: { url }, conditions } },
    });
  }
}

function revision(name: string): string {
  return `${name}-00001`;
}

function revisionOf(service: KubeObject): RevisionSpec {
  return (service as unknown as { spec: { template: { spec: RevisionSpec } } }).spec.template.spec;
}

async function untilReady(url: string, functions: PodProcess): Promise<void> {
  const isReady = async () => (await fetch(`${url}/readyz`)).ok;
  const what = `${functions.program.name} behind queue-proxy`;
  await until(isReady, { what, signal: new AbortController().signal }).catch(
    async (cause: unknown) => {
      throw new Error(`${String(cause)}; it said:\n${await functions.lastWords()}`, { cause });
    },
  );
}
