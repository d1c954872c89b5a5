// Runs what Deployments in the cluster ask for, as kubelets would: their containers' environment, their ServiceAccounts.
// kwok says that the pods are ready; these are the processes behind them.
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Cluster } from '../../gitops/cluster.ts';
import { CONFIG_MAP, type Kind, SECRET } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';
import { kubeconfigText } from '../control-plane/kubeconfig.ts';
import type { Installation } from '../install.ts';
import type { Network, Pod } from './network.ts';
import { PodProcess } from './process.ts';

/** What is read of a pod's container. */
export interface Container {
  readonly name?: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly Variable[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** Only tokens are looked for among volumes. */
interface Volume {
  readonly name: string;
  readonly projected?: {
    readonly sources: readonly {
      readonly serviceAccountToken?: { readonly path: string; readonly audience?: string };
    }[];
  };
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly configMapKeyRef?: KeyRef;
    readonly secretKeyRef?: KeyRef;
  };
}

interface KeyRef {
  readonly name: string;
  readonly key: string;
}

/** The pod's part of a Deployment or of a Knative Service. */
export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
}

/** Paths in a container, and where on this machine they lie: there is no file system of a pod's own. */
type Mounts = ReadonlyMap<string, string>;

/** Where the values of variables come from. */
interface Place {
  readonly namespace: string;
  readonly pod: Pod;
  readonly mounts: Mounts;
}

/** The API server's name in every cluster, which its certificate is for. */
export const API_SERVER = 'kubernetes.default.svc';
const TOKEN_SECONDS = 24 * 3600;

/** The cluster whose pods are run. */
export interface KubeletWorld {
  readonly admin: Installation;
  /** Certificate (PEM) that signed the API server's own. */
  readonly ca: string;
  readonly network: Network;
}

/** Starts pods' processes. */
export class Kubelet {
  readonly #world: KubeletWorld;

  constructor(world: KubeletWorld) {
    this.#world = world;
  }

  get #cluster(): Cluster {
    return this.#world.admin.cluster;
  }

  addPod(name: string): Promise<Pod> {
    return this.#world.network.addPod(name);
  }

  /** Makes a process of the first container, not started yet: `file` for its image; `env` comes on top of its own. */
  async container(
    pod: Pod,
    { spec, namespace }: { spec: PodSpec; namespace: string },
    program: { file: string; args?: readonly string[]; env?: Readonly<Record<string, string>> },
  ): Promise<PodProcess> {
    const [container] = spec.containers;
    const account = { namespace, name: spec.serviceAccountName ?? 'default' };
    const { folder } = this.#world.network;
    const kubeconfig = join(folder, `${pod.name}.kubeconfig`);
    await writeFile(kubeconfig, await this.kubeconfigFor(account), { mode: 0o600 });
    const logs = join(folder, 'logs');
    await mkdir(logs, { recursive: true });
    const mounts = await this.#mount(pod, spec, account);
    const env = await this.#environment(container?.env ?? [], { namespace, pod, mounts });
    return new PodProcess(pod, {
      name: `${pod.name}/${basename(program.file)}`,
      file: program.file,
      args: program.args ?? [],
      env: { ...env, KUBECONFIG: kubeconfig, ...program.env },
      logFile: join(logs, `${pod.name}.log`),
    });
  }

  /** Returns a kubeconfig for a ServiceAccount, as pods reach the API server. */
  async kubeconfigFor(account: ObjectKey): Promise<string> {
    const [server, token] = [`https://${API_SERVER}`, await this.#tokenOf(account)];
    return kubeconfigText({ server, ca: this.#world.ca, user: account.name, token });
  }

  #tokenOf(account: ObjectKey, audience?: string): Promise<string> {
    const spec = { expirationSeconds: TOKEN_SECONDS, ...(audience && { audiences: [audience] }) };
    return this.#world.admin.tokenOf(account, spec);
  }

  /** Writes the tokens that the pod's volumes hold; returns where on this machine a path of the container lies. */
  async #mount(
    pod: Pod,
    { containers, volumes = [] }: PodSpec,
    account: ObjectKey,
  ): Promise<Mounts> {
    const mounts = new Map<string, string>();
    for (const { name, mountPath } of containers[0]?.volumeMounts ?? []) {
      const sources = volumes.find((volume) => volume.name === name)?.projected?.sources ?? [];
      const folder = join(this.#world.network.folder, pod.name, mountPath);
      for (const { serviceAccountToken: token } of sources) {
        if (token === undefined) continue;
        mounts.set(mountPath, folder);
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(join(folder, token.path), await this.#tokenOf(account, token.audience));
      }
    }
    return mounts;
  }

  async #environment(variables: readonly Variable[], place: Place) {
    const pairs = await Promise.all(
      variables.map(async (variable) => {
        const value = await this.#valueOf(variable, place);
        const mount = [...place.mounts].find(([path]) => value.startsWith(`${path}/`));
        return [variable.name, mount ? value.replace(...mount) : value];
      }),
    );
    return Object.fromEntries(pairs) as Record<string, string>;
  }

  async #valueOf({ value, valueFrom }: Variable, { namespace, pod }: Place): Promise<string> {
    const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    const fields: Record<string, string> = {
      'metadata.namespace': namespace,
      'metadata.name': pod.name,
      'status.podIP': pod.address,
    };
    if (fieldRef) return fields[fieldRef.fieldPath] ?? '';
    if (configMapKeyRef) return this.#keyOf(CONFIG_MAP, namespace, configMapKeyRef);
    if (secretKeyRef) {
      const text = await this.#keyOf(SECRET, namespace, secretKeyRef);
      return Buffer.from(text, 'base64').toString();
    }
    return value ?? '';
  }

  /** Images of parts that take no part here are named by ConfigMaps that are not installed. */
  async #keyOf(of: Kind, namespace: string, { name, key }: KeyRef): Promise<string> {
    const object = await this.#cluster.get(of, { namespace, name });
    return (object as { data?: Record<string, string> } | undefined)?.data?.[key] ?? 'none';
  }
}

/** Returns the pod's part of a Deployment. */
export function podSpecOf(deployment: KubeObject): PodSpec {
  return (deployment as unknown as { spec: { template: { spec: PodSpec } } }).spec.template.spec;
}
