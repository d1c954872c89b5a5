import { isAbsent } from '../api-error.ts';
import type { ApplyOptions, Cluster, DeleteOptions, ListOptions, Page, Patch } from '../cluster.ts';
import { type Kind, resourcePath } from '../kinds.ts';
import type { KubeObject, ObjectKey } from '../objects.ts';
import { OPERATOR } from '../webapp.ts';
import type { Api } from './api.ts';

const APPLY = 'application/apply-patch+yaml';
const PATCH_TYPE = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/**
 * No object has this resourceVersion, so an apply that carries it meets a conflict on any object that exists;
 * an apply to an absent object ignores it and creates. That makes it a create which fails when beaten.
 */
const VERSION_OF_NONE = '1';

/** Reads without a resourceVersion are answered from the newest state, never from an older cache. */
export class ApiCluster implements Cluster {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  async get(of: Kind, { namespace, name }: ObjectKey): Promise<KubeObject | undefined> {
    return this.#unlessAbsent({ method: 'GET', path: resourcePath(of, namespace, name) });
  }

  async list(of: Kind, { namespace, labelSelector, limit, next }: ListOptions = {}): Promise<Page> {
    const query = { labelSelector, limit, continue: next };
    const page = (await this.#api.json({
      method: 'GET',
      path: resourcePath(of, namespace),
      query,
    })) as { items: KubeObject[]; metadata: { resourceVersion: string; continue?: string } };
    return {
      // The API server leaves the kind out of a list's items.
      items: page.items.map((item) => ({ ...item, apiVersion: of.apiVersion, kind: of.kind })),
      resourceVersion: page.metadata.resourceVersion,
      ...(page.metadata.continue && { next: page.metadata.continue }),
    };
  }

  apply(
    of: Kind,
    desired: KubeObject,
    { manager, live, dryRun }: ApplyOptions,
  ): Promise<KubeObject> {
    const metadata = { ...desired.metadata, ...condition(live) };
    const query = {
      fieldManager: manager,
      force: true,
      fieldValidation: 'Strict',
      ...(dryRun && { dryRun: 'All' }),
    };
    return this.#write(of, desired, { contentType: APPLY, query, body: { ...desired, metadata } });
  }

  applyStatus(of: Kind, live: KubeObject, status: object): Promise<KubeObject> {
    const { namespace, name } = live.metadata;
    const metadata = { name, ...(namespace && { namespace }), ...condition(live) };
    return this.#write(of, live, {
      contentType: APPLY,
      subresource: '/status',
      query: { fieldManager: OPERATOR, force: true, fieldValidation: 'Strict' },
      body: { apiVersion: of.apiVersion, kind: of.kind, metadata, status },
    });
  }

  patch(of: Kind, live: KubeObject, { type, fields }: Patch): Promise<KubeObject> {
    const { metadata, ...rest } = fields as { metadata?: object };
    return this.#write(of, live, {
      contentType: PATCH_TYPE[type],
      query: { fieldManager: OPERATOR, fieldValidation: 'Strict' },
      body: { ...rest, metadata: { ...metadata, ...condition(live) } },
    });
  }

  async create(of: Kind, object: KubeObject): Promise<KubeObject> {
    const path = resourcePath(of, object.metadata.namespace);
    const query = { fieldManager: OPERATOR };
    return (await this.#api.json({ method: 'POST', path, query, body: object })) as KubeObject;
  }

  async delete(
    of: Kind,
    { metadata }: KubeObject,
    { propagationPolicy = 'Background' }: DeleteOptions = {},
  ): Promise<void> {
    const { namespace, name, uid, resourceVersion } = metadata;
    await this.#unlessAbsent({
      method: 'DELETE',
      path: resourcePath(of, namespace, name),
      body: { preconditions: { uid, resourceVersion }, propagationPolicy },
    });
  }

  as({ namespace, name }: ObjectKey): Cluster {
    return new ApiCluster(this.#api.as(`system:serviceaccount:${namespace}:${name}`));
  }

  async #write(of: Kind, { metadata }: KubeObject, write: Write): Promise<KubeObject> {
    const { contentType, query, body, subresource = '' } = write;
    const path = resourcePath(of, metadata.namespace, metadata.name) + subresource;
    return (await this.#api.json({
      method: 'PATCH',
      path,
      query,
      contentType,
      body,
    })) as KubeObject;
  }

  async #unlessAbsent(request: Parameters<Api['json']>[0]): Promise<KubeObject | undefined> {
    try {
      return (await this.#api.json(request)) as KubeObject;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }
}

interface Write {
  readonly contentType: string;
  readonly query: Record<string, string | boolean>;
  readonly body: object;
  readonly subresource?: string;
}

function condition(live: ApplyOptions['live']) {
  if (live === 'any') return {};
  if (live === undefined) return { resourceVersion: VERSION_OF_NONE };
  const { uid, resourceVersion } = live.metadata;
  return { uid, resourceVersion };
}
