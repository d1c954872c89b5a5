// What the engine asks of a cluster. gitops/io/cluster.ts is the real one; test/helpers/fake-cluster.ts passes the same suite.
import type { Kind } from './kinds.ts';
import type { KubeObject, ObjectKey } from './objects.ts';

/** One page of a list. */
export interface Page {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  /** Token of the next page; absent on the last one. */
  readonly next?: string;
}

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly limit?: number;
  readonly next?: string;
}

/**
 * A cluster, read live and written on condition: every write to an existing object carries the uid and
 * resourceVersion it was read with. All methods throw ApiError for an answer of 400 and above, except
 * that an absent object is `undefined` for a read and nothing to do for a delete.
 */
export interface Cluster {
  get(of: Kind, key: ObjectKey): Promise<KubeObject | undefined>;
  list(of: Kind, options?: ListOptions): Promise<Page>;
  /** Server-side apply with force. Without `live` the object must be absent: of two racers one gets a 409. */
  apply(of: Kind, desired: KubeObject, options: ApplyOptions): Promise<KubeObject>;
  applyStatus(of: Kind, live: KubeObject, status: object): Promise<KubeObject>;
  patch(of: Kind, live: KubeObject, patch: Patch): Promise<KubeObject>;
  create(of: Kind, object: KubeObject): Promise<KubeObject>;
  delete(of: Kind, live: KubeObject, options?: DeleteOptions): Promise<void>;
  /** Returns the same cluster for requests with the rights of that ServiceAccount, and no others. */
  as(account: ObjectKey): Cluster;
}

/** What becomes of the objects that name the deleted one as their owner. */
export interface DeleteOptions {
  /** Background, the default: they are deleted after it. Orphan: the reference is taken from them before it goes. */
  readonly propagationPolicy?: 'Background' | 'Orphan';
}

export interface ApplyOptions {
  readonly manager: string;
  /** The object as read; 'any' applies over whatever is there; undefined demands that nothing is. */
  readonly live: KubeObject | 'any' | undefined;
  /** Asks the API server for its verdict without storing anything. */
  readonly dryRun?: boolean;
}

/** Fields to set (null removes one), merged as the type says. */
export interface Patch {
  readonly type: 'merge' | 'strategic';
  readonly fields: object;
}

/** Returns all objects of a list, however many pages it has. */
export async function listAll(
  cluster: Pick<Cluster, 'list'>,
  of: Kind,
  options: Pick<ListOptions, 'namespace' | 'labelSelector'> = {},
): Promise<KubeObject[]> {
  const found: KubeObject[] = [];
  for await (const { items } of pagesOf(cluster, of, options)) found.push(...items);
  return found;
}

const PAGE = 500;

/** Yields a list page by page, of 500 objects each; throws ApiError 410 when the list took so long that it is no more. */
export async function* pagesOf(
  cluster: Pick<Cluster, 'list'>,
  of: Kind,
  options: Pick<ListOptions, 'namespace' | 'labelSelector'> = {},
): AsyncGenerator<Page> {
  let page: Page | undefined;
  do {
    page = await cluster.list(of, {
      ...options,
      limit: PAGE,
      ...(page?.next && { next: page.next }),
    });
    yield page;
  } while (page.next);
}
