// One run: a namespace, a repository, a source that follows it, strangers' objects, and the functions behind a proxy.
import { DEPLOYMENT, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import type { Ground, Repository } from './ground.ts';
import { History } from './history.ts';
import { Incarnation, type Seed } from './incarnation.ts';
import { type Entry, type Fields, isWrite, Journal } from './journal.ts';
import type { RequestFault } from './plan.ts';
import type { Wire } from './proxy.ts';
import type { Commit } from './scenario.ts';
import { isCalm, KINDS, keyOf, type State } from './state.ts';
import { foreignObjects, Strangers } from './strangers.ts';
import { Watch } from './watch.ts';

const SOURCE = 'fleet';
const CALM_MS = 90_000;

/** What one run is about. */
export interface StageOptions {
  readonly name: string;
  readonly repository: Repository;
  readonly commits: readonly Commit[];
  /** As in the source's spec; the limit that every source has where it is left out. */
  readonly pruneLimit?: object;
  readonly seed?: Seed | undefined;
}

/** What a run has to itself: its journal, its watch, its clock. */
export class Stage {
  readonly journal = new Journal();
  readonly watch: Watch;
  readonly name: string;
  readonly ground: Ground;
  readonly repository: Repository;
  /** The functions' clock. It stands still unless a plan lets time pass, however busy the machine is. */
  time = Date.now();
  /** The functions' dice, from 0 to below 1. */
  random = 0;
  /** Whether ticks find everything due. */
  allDue = false;
  faultAt: (entry: Entry) => RequestFault | undefined = () => undefined;
  /** Faults that have come about so far. */
  readonly met: RequestFault[] = [];
  /** The write that is held up, if one is. */
  held = Promise.withResolvers<'held'>();
  readonly #release = Promise.withResolvers<void>();
  readonly #wire: Wire;
  readonly #seed: Seed | undefined;
  /** Versions that the mirror may not have seen yet. */
  readonly #written: KubeObject[] = [];
  /** Uids that it may still have. */
  readonly #deleted = new Set<string | undefined>();
  readonly #strangers: Strangers;
  readonly #pruneLimit: object | undefined;

  constructor(ground: Ground, options: StageOptions) {
    const { name, repository, commits, pruneLimit, seed } = options;
    this.name = name;
    this.ground = ground;
    this.repository = repository;
    this.#seed = seed;
    this.#pruneLimit = pruneLimit;
    this.#strangers = new Strangers(ground.cluster);
    const { cluster, server, dispatcher } = ground;
    this.watch = new Watch({ namespace: name, cluster, commits, now: () => this.time });
    this.#wire = {
      ...{ server, dispatcher, namespace: name, journal: this.journal, history: new History() },
      faultAt: (entry) => {
        const fault = this.faultAt(entry);
        if (fault) this.met.push(fault);
        if (fault?.startsWith('stale')) this.watch.mayBeOld = true;
        return fault;
      },
      replace: (entry) => this.#strangers.replace(entry),
      held: () => this.#hold(),
      seen: async (entry, answer) => {
        const { status, body } = answer;
        if (isWrite(entry) && status < 300) this.#noteWritten(body);
        await this.watch.see(entry, answer);
      },
    };
  }

  start(): Promise<Incarnation> {
    return Incarnation.start({
      wire: this.#wire,
      token: this.ground.token,
      now: () => this.time,
      random: () => this.random,
      allDue: () => this.allDue,
      seed: this.#seed,
    });
  }

  /** Lets the held write pass. */
  release(): void {
    this.#release.resolve();
  }

  look(): State {
    return this.ground.mirror.state(this.name);
  }

  /** Waits until the controllers of Kubernetes have nothing left to do, and returns what is there then. */
  async calm(): Promise<State> {
    const { mirror } = this.ground;
    const isSo = (state: State) => this.#isSeen(state) && isCalm(state);
    const state = await mirror.until(this.name, isSo, CALM_MS);
    if (!isSo(state)) this.watch.report('orphans', `not calm after 90 s: ${[...state.keys()]}`);
    return state;
  }

  /** Whether the mirror has all that was written so far. */
  #isSeen(state: State): boolean {
    const { mirror } = this.ground;
    while (this.#written[0] && mirror.hasSeen(this.#written[0])) this.#written.shift();
    const isLeft = [...state.values()].some(({ metadata }) => this.#deleted.has(metadata.uid));
    return this.#written.length === 0 && !isLeft;
  }

  /** A delete is answered with the object while it goes, or with the uid of what is gone. */
  #noteWritten(body: Fields): void {
    if (body.kind === 'Status') this.#deleted.add(body.details?.uid);
    // Of other kinds, such as events, the mirror hears nothing.
    else if (KINDS.some(({ kind }) => kind === body.kind)) this.#written.push(body);
  }

  /** Makes the namespace, strangers' objects of the names that WebApps will have, and the source. */
  async prepare(): Promise<void> {
    const { cluster } = this.ground;
    await this.ground.makeNamespace(this.name);
    for (const { of, object } of foreignObjects(this.name))
      this.#written.push(await cluster.create(of, object));
    const { apiVersion, kind } = WEBAPP_SOURCE;
    const { url } = this.repository;
    const pruneLimit = this.#pruneLimit && { pruneLimit: this.#pruneLimit };
    const policies = { path: 'policies' };
    const spec = { url, path: 'apps', interval: '1h', policies, ...pruneLimit };
    const metadata = { name: SOURCE, namespace: this.name };
    const source = { apiVersion, kind, metadata, spec };
    this.#written.push(await cluster.create(WEBAPP_SOURCE, source));
  }

  /** Deletes the WebApps and the Deployments that outlived theirs, so that a run that is over costs the cluster nothing. */
  async clear(): Promise<void> {
    const { cluster } = this.ground;
    for (const object of this.look().values()) {
      const of = [WEBAPP, DEPLOYMENT].find(({ kind }) => kind === object.kind);
      if (of) await cluster.delete(of, object).catch(() => {});
    }
  }

  /** Returns the strangers' objects to the byte, but for what controllers say of them. */
  async foreign(): Promise<string[]> {
    const state = await this.calm();
    return foreignObjects(this.name).map(({ object }) => JSON.stringify(state.get(keyOf(object))));
  }

  async #hold(): Promise<void> {
    this.watch.mayGoBack = true;
    this.held.resolve('held');
    await this.#release.promise;
  }

  /** Takes away what strangers have put in the way, and says if it is not as they made it. */
  async removeStrangers(): Promise<void> {
    for (const object of await this.#strangers.remove())
      this.watch.report('foreign', `${keyOf(object)} of a stranger is not as it was`);
  }
}
