// Which policies are in force for the WebApps of a namespace. Compiled sets are kept by their content, so that a warm
// instance is faster and never different; the cluster's own policies are looked up at most every few seconds.
import { LRUCache } from 'lru-cache';
import type { Hash, LoadOptions, PolicyFile } from '../../policies/index.ts';
import type { Cluster } from '../cluster.ts';
import { NAMESPACE, POLICY_BUNDLE } from '../kinds.ts';
import type { KubeObject, ObjectKey } from '../objects.ts';
import type { PolicyBundleSpec } from '../webapp.gen.ts';
import { LABEL, type WebApp } from '../webapp.ts';
import { readClusterPolicies } from './cluster-policies.ts';
import { enforced, type Policies, policiesIn, policiesOf, together } from './policies.ts';

const MAX_COMPILED = 64;
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

export class PolicyReader {
  readonly hash: Hash;
  readonly #options: PolicyReaderOptions;
  readonly #compiled = new LRUCache<string, Policies>({ max: MAX_COMPILED });
  readonly #seen = new LRUCache<string, { readonly at: number; readonly found: Policies }>({
    max: MAX_NAMESPACES,
  });

  constructor(options: PolicyReaderOptions) {
    this.hash = options.hash;
    this.#options = options;
  }

  /** Returns the policies of these files, compiled once for the same content. */
  fromFiles(files: readonly PolicyFile[], options: LoadOptions = {}): Policies {
    const key = this.hash(JSON.stringify([options, files]));
    const known = this.#compiled.get(key);
    if (known) return known;
    const made = policiesOf(files, options, this.hash);
    this.#compiled.set(key, made);
    return made;
  }

  /** Returns what the cluster itself enforces in a namespace. `fresh` asks it now. */
  async ofCluster(cluster: Cluster, namespace: string, fresh = false): Promise<Policies> {
    const { now, believeMs } = this.#options;
    const seen = this.#seen.get(namespace);
    if (!fresh && seen && now() - seen.at < believeMs) return seen.found;
    const files = await readClusterPolicies(cluster, namespace);
    const loaded = this.fromFiles(files, { mode: 'stored', namespace, paramsComplete: false });
    const found = enforced(loaded);
    this.#seen.set(namespace, { at: now(), found });
    return found;
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

  /** Returns what is in force for a WebApp: the bundle of its source, if it has one, and the cluster's policies. */
  async forWebApp({ metadata }: WebApp, cluster: Cluster, fresh = false): Promise<InForce> {
    const { namespace = '', labels = {} } = metadata;
    const source = labels[LABEL.source];
    const [found, own] = await Promise.all([
      this.ofCluster(cluster, namespace, fresh),
      source ? this.ofSource(cluster, { namespace, name: source }) : undefined,
    ]);
    const policies = own === undefined ? found : together(own, found, this.hash);
    return withNamespace(policies, cluster, namespace);
  }

  /** Returns the policies in the bundle of a WebAppSource; undefined where it has none. */
  async ofSource(cluster: Cluster, key: ObjectKey): Promise<Policies | undefined> {
    const bundle = await cluster.get(POLICY_BUNDLE, key);
    const { namespace } = key;
    return bundle && this.fromFiles((bundle.spec as PolicyBundleSpec).files, { namespace });
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
