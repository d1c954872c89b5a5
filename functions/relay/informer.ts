// Lists a kind, watches it, and tells of every object that is new, changed or gone. Unlike Knative's
// ApiServerSource it tells of what was there before it started and of what a relist reveals.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../../gitops/api-error.ts';
import { pagesOf } from '../../gitops/cluster.ts';
import { messageOf } from '../../gitops/errors.ts';
import type { Api } from '../../gitops/io/api.ts';
import { ApiCluster } from '../../gitops/io/cluster.ts';
import { watch } from '../../gitops/io/watch.ts';
import type { Kind } from '../../gitops/kinds.ts';
import type { Log } from '../../gitops/log.ts';
import { controllerOf, type KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION, annotation, OPERATOR } from '../../gitops/webapp.ts';
import { fingerprint } from './fingerprint.ts';

/** What happened to an object. */
export type Verb = 'add' | 'update' | 'delete';

/** Which objects to follow, and whom to tell. */
export interface Subject {
  readonly of: Kind;
  readonly labelSelector?: string;
  /** What must differ for an update to be told; by default what a reconciler may have to act on. */
  readonly print?: (object: KubeObject) => string;
  readonly tell: (verb: Verb, object: KubeObject) => void;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 30_000;
/**
 * A watch that lasted so long was a good one, however it ended: load balancers cut what is quiet. One that was shorter was
 * not, though nothing failed: whoever ends each watch at once would be asked without a pause.
 */
const GOOD_MS = 5_000;

/** Follows the subject until the signal ends; failures are waited out, and no change is lost by them. */
export async function follow(
  subject: Subject,
  api: Api,
  options: { signal: AbortSignal; log: Log },
): Promise<void> {
  const { signal, log } = options;
  const informer = new Informer(subject, api.until(signal));
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    const error = await informer.round().catch((thrown: unknown) => thrown);
    if (signal.aborted) return;
    const isGood = informer.watchedMs >= GOOD_MS;
    if (isGood) wait = FIRST_WAIT_MS;
    if (error !== undefined)
      log.warn(
        { kind: subject.of.kind, error: messageOf(error), retryAfterMs: wait },
        'Watch failed',
      );
    if (isGood && error === undefined) continue;
    await sleep(wait, undefined, { signal }).catch(() => {});
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

class Informer {
  readonly #subject: Subject;
  readonly #api: Api;
  /** The last seen state of each object, by namespace and name: its uid and fingerprint, and enough to tell of its end. */
  readonly #known = new Map<string, { uid: string; print: string; last: KubeObject }>();
  /** Where to resume; undefined asks for a list. */
  #version: string | undefined;
  #watchedFrom: number | undefined;

  constructor(subject: Subject, api: Api) {
    this.#subject = subject;
    this.#api = api;
  }

  /** How long the watch of the last round was open. */
  get watchedMs(): number {
    return this.#watchedFrom === undefined ? 0 : performance.now() - this.#watchedFrom;
  }

  /** Lists if need be, then watches until the API server ends the watch. */
  async round(): Promise<void> {
    this.#watchedFrom = undefined;
    this.#version ??= await this.#list();
    try {
      await this.#watch(this.#version);
    } catch (error) {
      // Too old to resume at: the next round lists, and tells of what differs from what is known.
      if (!(error instanceof ApiError) || error.status !== 410) throw error;
      this.#version = undefined;
    }
  }

  async #watch(resourceVersion: string): Promise<void> {
    const { of, labelSelector } = this.#subject;
    const options = {
      resourceVersion,
      ...(labelSelector && { labelSelector }),
      opened: () => {
        this.#watchedFrom = performance.now();
      },
    };
    for await (const { type, object } of watch(this.#api, of, options)) {
      if (type === 'DELETED') this.#gone(object);
      else if (type !== 'BOOKMARK') this.#seen(object, type === 'ADDED' && isPristine(object));
      this.#version = object.metadata.resourceVersion ?? this.#version;
    }
  }

  async #list(): Promise<string> {
    const { of, labelSelector } = this.#subject;
    const present = new Set<string>();
    let version = '';
    for await (const page of pagesOf(
      new ApiCluster(this.#api),
      of,
      labelSelector ? { labelSelector } : {},
    )) {
      for (const object of page.items) {
        present.add(keyOf(object));
        this.#seen(object);
      }
      version = page.resourceVersion;
    }
    for (const [key, { last }] of this.#known) if (!present.has(key)) this.#gone(last);
    return version;
  }

  #seen(object: KubeObject, silently = false): void {
    const key = keyOf(object);
    const before = this.#known.get(key);
    const { uid = '', name, namespace = '' } = object.metadata;
    const print = (this.#subject.print ?? fingerprint)(object);
    if (before?.uid === uid && before.print === print) return;
    const last = {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name, namespace },
    };
    this.#known.set(key, { uid, print, last });
    if (!silently) this.#subject.tell(before === undefined ? 'add' : 'update', object);
  }

  #gone(object: KubeObject): void {
    this.#known.delete(keyOf(object));
    this.#subject.tell('delete', object);
  }
}

/** A child just made by the functions and touched by nobody since: they know all there is to know of it. */
function isPristine(object: KubeObject): boolean {
  const { managedFields = [] } = object.metadata;
  const onlyOurs =
    managedFields.length > 0 && managedFields.every(({ manager }) => manager === OPERATOR);
  const isChild =
    controllerOf(object) !== undefined || annotation(object, ANNOTATION.ownerUid) !== '';
  return onlyOurs && isChild;
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}
