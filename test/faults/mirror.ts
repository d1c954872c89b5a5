// The whole cluster as its watches tell it, so that a run need not ask again and again whether it is calm.
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../../gitops/io/api.ts';
import { ApiCluster } from '../../gitops/io/cluster.ts';
import { type WatchEvent, watch } from '../../gitops/io/watch.ts';
import type { Kind } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { KINDS, keyOf, type State } from './state.ts';

/** Changes of other runs come by the thousand. */
const MAX_LISTENERS = 1_000;

/** Objects of all kinds that matter, by namespace, never older than the watches are. */
export class Mirror {
  /** By namespace, kind and Kind/name. */
  readonly #objects = new Map<string, Map<string, Map<string, KubeObject>>>();
  readonly #versions = new Map<string, number>();
  readonly #changes = new EventEmitter().setMaxListeners(MAX_LISTENERS);
  readonly #end = new AbortController();

  /** Lists everything and goes on watching; a watch that ends is begun again where it was. */
  static async start(api: Api): Promise<Mirror> {
    const mirror = new Mirror();
    const own = api.until(mirror.#end.signal);
    await Promise.all(KINDS.map((of) => mirror.#follow(of, own)));
    return mirror;
  }

  /** Ends the watches. */
  stop(): void {
    this.#end.abort();
  }

  /** Returns what is in a namespace, in the order in which its events are told. */
  state(namespace: string): State {
    const kinds = this.#objects.get(namespace);
    const objects = KINDS.flatMap(({ kind }) =>
      [...(kinds?.get(kind)?.values() ?? [])].sort((a, b) =>
        a.metadata.name < b.metadata.name ? -1 : 1,
      ),
    );
    return new Map(objects.map((object) => [keyOf(object), object]));
  }

  /** Returns the state once `isSo` says so of it, or after `timeoutMs` as it is then. */
  async until(
    namespace: string,
    isSo: (state: State) => boolean,
    timeoutMs: number,
  ): Promise<State> {
    const signal = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const state = this.state(namespace);
      if (isSo(state) || signal.aborted) return state;
      await once(this.#changes, namespace, { signal }).catch(() => {});
    }
  }

  /** Returns whether the watch of a kind has come as far as this version. */
  hasSeen({ kind, metadata }: KubeObject): boolean {
    return (this.#versions.get(kind) ?? 0) >= Number(metadata.resourceVersion);
  }

  async #follow(of: Kind, api: Api): Promise<void> {
    const { items, resourceVersion } = await new ApiCluster(api).list(of);
    for (const item of items) this.#put(item);
    this.#versions.set(of.kind, Number(resourceVersion));
    void this.#watch(of, api, resourceVersion);
  }

  async #watch(of: Kind, api: Api, from: string): Promise<void> {
    let resourceVersion = from;
    while (!this.#end.signal.aborted) {
      try {
        for await (const event of watch(api, of, { resourceVersion })) {
          resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
          this.#see(of, event);
        }
      } catch {
        await sleep(100);
      }
    }
  }

  #see({ kind }: Kind, { type, object }: WatchEvent): void {
    this.#versions.set(kind, Number(object.metadata.resourceVersion));
    if (type === 'DELETED') this.#take(object);
    else if (type !== 'BOOKMARK') this.#put(object);
  }

  #put(object: KubeObject): void {
    const { namespace = '', name } = object.metadata;
    if (name === 'kube-root-ca.crt') return;
    const kinds = this.#objects.get(namespace) ?? new Map<string, Map<string, KubeObject>>();
    const objects = kinds.get(object.kind) ?? new Map<string, KubeObject>();
    this.#objects.set(namespace, kinds.set(object.kind, objects.set(keyOf(object), object)));
    this.#changes.emit(namespace);
  }

  #take(object: KubeObject): void {
    const { namespace = '' } = object.metadata;
    this.#objects.get(namespace)?.get(object.kind)?.delete(keyOf(object));
    this.#changes.emit(namespace);
  }
}
