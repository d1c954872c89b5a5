// Deployments of Knative's as processes, and the Services before them.
import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { DEPLOYMENT } from '../../gitops/kinds.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import { until } from '../control-plane/until.ts';
import { forward } from './forward.ts';
import { type Kubelet, type KubeletWorld, podSpecOf } from './kubelet.ts';
import type { Pod } from './network.ts';
import type { PodProcess } from './process.ts';

const run = promisify(execFile);

/** What Knative is put into. */
export interface World extends KubeletWorld {
  readonly kubelet: Kubelet;
  readonly kubectl: string;
  /** An administrator's. */
  readonly kubeconfig: string;
}

/** A running part. */
export interface Part {
  readonly pod: Pod;
  readonly process: PodProcess;
}

/** How to run a Deployment: the folder of its program, which its image names, and flags. */
export interface Launch {
  readonly folder: string;
  readonly args?: readonly string[];
}

/** One instance of each runs, so there is nobody to elect a leader from. */
export const ALONE = ['--disable-ha'];
export const DOMAIN = 'svc.cluster.local';
const HTTP = 80;

/** The processes, by the names of their Deployments. */
export class Deployments {
  readonly world: World;
  readonly #parts = new Map<string, Part>();

  constructor(world: World) {
    this.world = world;
  }

  /** Applies files and folders of manifests, as `kubectl apply` does. */
  async apply(folder: string, names: readonly string[]): Promise<void> {
    const { kubectl, kubeconfig } = this.world;
    const files = names.flatMap((name) => ['-f', join(folder, name)]);
    const flags = ['--kubeconfig', kubeconfig, 'apply', '--server-side', '--force-conflicts', '-R'];
    await run(kubectl, [...flags, ...files], { maxBuffer: 2 ** 24 });
  }

  /** Starts what a Deployment asks for, in a pod of its name; again, by its present environment, if it runs already. */
  async run({ namespace, name }: ObjectKey, { folder, args = [] }: Launch): Promise<Part> {
    const { admin, kubelet } = this.world;
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

  part(name: string): Part {
    const part = this.#parts.get(name);
    if (part === undefined) throw new Error(`${name} does not run`);
    return part;
  }

  /** Makes a pod known by the name of a host, where its port is 80. */
  async serve(host: string, { address }: Pod, port: number): Promise<void> {
    const own = await this.world.network.addService(host);
    await forward({ host: own, port: HTTP }, { host: address, port });
  }

  /** Waits for something that a part does, a minute; an error ends with what the part said last. */
  async untilPart(name: string, what: string, check: () => Promise<boolean>): Promise<void> {
    const { process } = this.part(name);
    const signal = new AbortController().signal;
    await until(check, { what: `${name}: ${what}`, signal }).catch(async (cause: unknown) => {
      throw new Error(`${String(cause)}; it said:\n${await process.lastWords()}`, { cause });
    });
  }
}
