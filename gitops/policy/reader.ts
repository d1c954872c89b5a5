// Which policies are in force for the WebApps of a namespace. Compiled sets are kept by their content, so that a warm
// instance is faster and never different; the cluster's own policies are looked up at most every few seconds.
import { LRUCache } from 'lru-cache';
import type { Hash, LoadOptions, PolicyFile } from '../../policies/index.ts';
import type { Cluster } from '../cluster.ts';
import { NAMESPACE } from '../kinds.ts';
import type { KubeObject, ObjectKey } from '../objects.ts';
import { LABEL, type WebApp } from '../webapp.ts';
import { BundleReader, type Published } from './bundles.ts';
import { readClusterPolicies } from './cluster-policies.ts';
import { enforced, type Policies, policiesIn, policiesOf, together } from './policies.ts';
import { PolicyBundleMissing } from './refusal.ts';

/**
 * Characters of source of all that is kept compiled, which takes some 40 bytes for each, 140 where expressions are dense:
 * 60 MB, at most 210, of the 512 that a function has. The largest bundle has 900,000. What is more is compiled each time.
 */
const MAX_SOURCE = 1_500_000;
/** What a set takes whatever is in it, in characters of source. */
const SET_ITSELF = 1_000;
/** Namespaces of which it is remembered when the cluster was asked, and what for; their policies count above. */
const MAX_NAMESPACES = 1_000;

export interface PolicyReaderOptions {
  readonly hash: Hash;
  readonly now: () => number;
  /** How long, in milliseconds, what a cluster said of its policies is believed. */
  readonly believeMs: number;
}

/** What stands about a namespace. */
export interface InForce {
  readonly policies: Policies;
  readonly namespaceObject?: KubeObject;
}

/** The policies of a source: none are asked for, those it has published, or why they are missing. */
export type SourcePolicies =
  | Exclude<Published, { kind: 'bundle' }>
  | { readonly kind: 'policies'; readonly policies: Policies };

export class PolicyReader {
  readonly hash: Hash;
  readonly #options: PolicyReaderOptions;
  readonly #compiled = new LRUCache<string, Policies>({ maxSize: MAX_SOURCE });
  readonly #bundles = new BundleReader();
  readonly #seen = new LRUCache<string, { readonly at: number; readonly key: string }>({
    max: MAX_NAMESPACES,
  });

  constructor(options: PolicyReaderOptions) {
    this.hash = options.hash;
    this.#options = options;
  }

  /** Returns the policies of these files, compiled once for the same content as long as there is room. */
  fromFiles(files: readonly PolicyFile[], options: LoadOptions = {}): Policies {
    return this.#compile(files, options).policies;
  }

  #compile(files: readonly PolicyFile[], options: LoadOptions) {
    const source = JSON.stringify([options, files]);
    const key = this.hash(source);
    const known = this.#compiled.get(key);
    if (known) return { key, policies: known };
    const policies = policiesOf(files, options, this.hash);
    this.#compiled.set(key, policies, { size: SET_ITSELF + source.length });
    return { key, policies };
  }

  /** Returns what the cluster itself enforces in a namespace. `fresh` asks it now. */
  async ofCluster(cluster: Cluster, namespace: string, fresh = false): Promise<Policies> {
    const { now, believeMs } = this.#options;
    const seen = fresh ? undefined : this.#seen.get(namespace);
    const isRecent = seen !== undefined && now() - seen.at < believeMs;
    const known = isRecent ? this.#compiled.get(seen.key) : undefined;
    if (known) return enforced(known);
    const files = await readClusterPolicies(cluster, namespace);
    const options = { mode: 'stored', namespace, paramsComplete: false } as const;
    const { key, policies } = this.#compile(files, options);
    this.#seen.set(namespace, { at: now(), key });
    return enforced(policies);
  }

  /** Returns what the cluster itself enforces, and the namespace. */
  async inNamespace(cluster: Cluster, namespace: string): Promise<InForce> {
    const namespaceObject = await cluster.get(NAMESPACE, { namespace: '', name: namespace });
    const policies = await this.ofCluster(cluster, namespace);
    return { policies, ...(namespaceObject && { namespaceObject }) };
  }

  /** Returns the repository's policies and the cluster's together. */
  async withCluster(
    repository: Policies,
    cluster: Cluster,
    { namespace, fresh }: { namespace: string; fresh?: boolean },
  ): Promise<InForce> {
    const found = await this.ofCluster(cluster, namespace, fresh);
    return withNamespace(together(repository, found, this.hash), cluster, namespace);
  }

  /**
   * Returns what is in force for a WebApp: the bundle of its source, if it asks for policies, and the cluster's policies.
   * Throws PolicyBundleMissing where the source asks for policies and has published none.
   */
  async forWebApp({ metadata }: WebApp, cluster: Cluster, fresh = false): Promise<InForce> {
    const { namespace = '', labels = {} } = metadata;
    const source = labels[LABEL.source];
    const [found, own] = await Promise.all([
      this.ofCluster(cluster, namespace, fresh),
      source ? this.ofSource(cluster, { namespace, name: source }) : undefined,
    ]);
    if (own?.kind === 'missing') throw new PolicyBundleMissing(own.message);
    const policies = own?.kind === 'policies' ? together(own.policies, found, this.hash) : found;
    return withNamespace(policies, cluster, namespace);
  }

  /** Returns the policies that a WebAppSource has published, compiled. */
  async ofSource(cluster: Cluster, key: ObjectKey): Promise<SourcePolicies> {
    const published = await this.#bundles.read(cluster, key);
    if (published.kind !== 'bundle') return published;
    const { namespace } = key;
    return { kind: 'policies', policies: this.fromFiles(published.files, { namespace }) };
  }
}

/** The namespace is read only where somebody might ask for it. */
async function withNamespace(
  policies: Policies,
  cluster: Cluster,
  namespace: string,
): Promise<InForce> {
  if (policiesIn(policies).length === 0) return { policies };
  const namespaceObject = await cluster.get(NAMESPACE, { namespace: '', name: namespace });
  return { policies, ...(namespaceObject && { namespaceObject }) };
}
