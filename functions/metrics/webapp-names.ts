import { LRUCache } from 'lru-cache';
import type { ObjectKey } from '../../gitops/objects.ts';

/** Labels of the series of one WebApp. */
export type NameLabels = Readonly<Record<'namespace' | 'name', string>>;

/** Stands for all WebApps that have no series of their own; no name of Kubernetes looks like it. */
export const OTHER: NameLabels = { namespace: '_other', name: '_other' };

/** A WebApp makes about a dozen series, which each push carries. */
const MAX_NAMES = 500;
/** One that was not visited for this long gives way where there is no room. */
const IDLE_MS = 2 * 3_600_000;

/** Which WebApps have series of their own: a bounded number, so that neither memory nor pushes grow with the cluster. */
export class WebAppNames {
  readonly #labels: LRUCache<string, NameLabels>;

  /** `added` and `dropped` are told whose series begin and end. */
  constructor(hooks: {
    readonly added: (labels: NameLabels) => void;
    readonly dropped: (labels: NameLabels) => void;
  }) {
    this.#labels = new LRUCache({
      max: MAX_NAMES,
      ttl: IDLE_MS,
      updateAgeOnGet: true,
      onInsert: hooks.added,
      disposeAfter: hooks.dropped,
    });
  }

  /** Returns the labels for a WebApp that exists. */
  of(key: ObjectKey): NameLabels {
    const known = this.#labels.get(idOf(key));
    if (known) return known;
    if (this.#labels.size >= MAX_NAMES) this.#labels.purgeStale();
    if (this.#labels.size >= MAX_NAMES) return OTHER;
    const labels = { namespace: key.namespace, name: key.name };
    this.#labels.set(idOf(key), labels);
    return labels;
  }

  /** Returns the labels for a WebApp that nobody could look up: an event may name what does not exist. */
  ofUnseen(key: ObjectKey): NameLabels {
    return this.#labels.get(idOf(key)) ?? OTHER;
  }

  /** Returns how many WebApps of the namespace have series. */
  countIn(namespace: string): number {
    let count = 0;
    for (const labels of this.#labels.values()) if (labels.namespace === namespace) count++;
    return count;
  }

  /** Ends the series of a WebApp that is gone. */
  drop(key: ObjectKey): void {
    this.#labels.delete(idOf(key));
  }
}

const idOf = ({ namespace, name }: ObjectKey) => `${namespace}/${name}`;
