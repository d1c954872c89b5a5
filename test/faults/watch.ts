// What must hold at every single write. What must hold in the end is in verdict.ts.
import { WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { ANNOTATION, LABEL, SOURCE_MANAGER } from '../../gitops/webapp.ts';
import { type Counted, rightCount } from '../helpers/counted-failures.ts';
import type { Answer } from './history.ts';
import type { Invariant, Violation } from './invariants.ts';
import { type Entry, type Fields, isWrite } from './journal.ts';
import { liesIn, type Truth } from './truth.ts';

/** Where to look, and the functions' clock. */
export interface Watched extends Truth {
  readonly now: () => number;
}

interface Backoff extends Counted {
  readonly nextAttemptAt: number;
  readonly generation: number;
  readonly uid: string;
  readonly delivery: number;
}

const CHILDREN = new Set(['deployments', 'services', 'ingresses', 'horizontalpodautoscalers']);

/** Looks at every answer of the API server before the functions get it. */
export class Watch {
  readonly violations: Violation[] = [];
  /** Set while an instance is held up: what it brings late is put right later. */
  mayGoBack = false;
  /** Set while an old answer may be believed, or a late write has just come: what is said then is put right later. */
  mayBeOld = false;
  readonly #watched: Watched;
  /** By plural and name. */
  readonly #backoff = new Map<string, Backoff>();
  readonly #revisions = new Map<string, number>();

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  report(invariant: Invariant, message: string): void {
    this.violations.push({ invariant, message });
  }

  async see(entry: Entry, answer: Answer): Promise<void> {
    if (!isWrite(entry)) {
      if (entry.query.has('resourceVersion')) this.report('current', entry.id);
      return;
    }
    if (entry.namespace !== this.#watched.namespace) this.report('confined', entry.path);
    await this.#seeAttempt(entry);
    if (answer.status >= 300) return;
    this.#seeCount(entry, answer.body);
    this.#seeRevision(entry);
    if (this.mayBeOld) return;
    for (const lie of await liesIn(entry, answer.body, this.#watched))
      this.report('truthful', `${entry.id} ${lie}`);
  }

  /** A write to a child is an attempt of its WebApp, one of a WebApp's spec is its source's. */
  async #seeAttempt(entry: Entry): Promise<void> {
    const { id, resource, name, query, body } = entry;
    const bySource = resource === 'webapps' && query.get('fieldManager') === SOURCE_MANAGER;
    if (!CHILDREN.has(resource) && !bySource) return;
    const of = bySource ? WEBAPP_SOURCE : WEBAPP;
    const whose = bySource ? body.metadata?.labels?.[LABEL.source] : name;
    const backoff = this.#backoff.get(`${of.plural}/${whose}`);
    if (backoff === undefined || this.#isInTime(backoff, entry)) return;
    const { cluster, namespace } = this.#watched;
    const live = await cluster.get(of, { namespace, name: whose });
    if (live && !isAnother(backoff, live) && isAnswered(live)) this.report('backoff', id);
  }

  /** A branch that was seen at another commit does not wait. */
  #isInTime({ nextAttemptAt, revision, ...backoff }: Backoff, { delivery, body }: Entry): boolean {
    if (backoff.delivery === delivery || this.#watched.now() >= nextAttemptAt) return true;
    return revision !== undefined && revision !== body.metadata?.annotations?.[ANNOTATION.revision];
  }

  #seeCount({ id, resource, name, verb, body, delivery }: Entry, after: Fields): void {
    const key = `${resource.replace('-status', '')}/${name}`;
    const before = this.#backoff.get(key);
    const { uid, generation } = after.metadata ?? {};
    const moved = isAnother(before, after);
    const retry = body.metadata?.annotations?.[ANNOTATION.retry];
    if (retry === null || moved) this.#backoff.delete(key);
    if (verb !== 'patch' || typeof retry !== 'string') return;
    const { failures, nextAttemptAt, revision, request } = JSON.parse(retry);
    const expected = rightCount(moved ? undefined : before, { revision, request });
    const twice = before?.delivery === delivery;
    if (failures !== expected)
      this.report('failures', `${id} counts ${failures} where ${expected} is right`);
    else if (twice) this.report('failures', `${id} counts once more in the same delivery`);
    const due = Date.parse(nextAttemptAt);
    const what = { uid, generation, revision, request };
    this.#backoff.set(key, { failures, nextAttemptAt: due, ...what, delivery });
  }

  #seeRevision({ id, resource, verb, name, body }: Entry): void {
    const revision: string | undefined = body.metadata?.annotations?.[ANNOTATION.revision];
    if (resource !== 'webapps' || verb !== 'apply' || revision === undefined) return;
    const at = this.#watched.commits.findIndex((commit) => revision.endsWith(commit.id));
    const before = this.#revisions.get(name) ?? -1;
    if (at < before && !this.mayGoBack) this.report('revisions', `${id} goes back to ${revision}`);
    this.#revisions.set(name, at);
  }
}

/** Another object, or another spec: what failed before says nothing of it. */
function isAnother(before: Backoff | undefined, { metadata }: Fields): boolean {
  if (before === undefined) return false;
  return before.uid !== metadata?.uid || before.generation !== metadata?.generation;
}

/** Whoever asks anew need not wait. */
function isAnswered({ metadata, status }: Fields): boolean {
  return (
    (metadata.annotations?.[ANNOTATION.requestedAt] ?? '') ===
    (status?.lastHandledReconcileAt ?? '')
  );
}
