// What the branch asks for, and how often each object has to be made and deleted for it. The edits alone say so, because
// whether an object exists is only changed where the last such change has come about: then no order of events, and no
// fault, has a reason to make or delete it more or less often.
import { CHILD_KINDS, DEPLOYMENT, INGRESS, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import { controllerOf, type KubeObject } from '../../gitops/objects.ts';
import type { State } from '../faults/state.ts';
import type { Random } from '../helpers/random.ts';

/** The fields of a WebApp's file. */
export interface Spec {
  readonly image: string;
  readonly replicas: number;
  readonly port: number;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly host?: string;
}

const IMAGES = ['nginx:1.27', 'nginx:1.28', 'nginx:1.29'];

/** Returns any spec; whether it has a host is kept, as that makes an Ingress. */
export function randomSpec(random: Random, host: string | undefined): Spec {
  return {
    image: random.pick(IMAGES),
    replicas: random.below(3),
    port: random.pick([80, 8080]),
    ...(random.once(3) && { env: [{ name: 'MODE', value: random.pick(['a', 'b']) }] }),
    ...(host !== undefined && { host }),
  };
}

/** Returns the kinds of children that a spec asks for. */
export function childKinds({ host }: Spec) {
  return [DEPLOYMENT, SERVICE, ...(host === undefined ? [] : [INGRESS])];
}

/** The head of the branch, and what has to come of all the edits so far. */
export class Wishes {
  /** By name of WebApp. */
  readonly specs = new Map<string, Spec>();
  /** Creates and deletes of the functions, in the words of countsOf. */
  readonly counts = new Map<string, number>();
  /** Uids of what people have deleted by hand, which watches may still show. */
  readonly #removed = new Set<string | undefined>();

  add(name: string, spec: Spec): void {
    this.specs.set(name, spec);
    this.#count('create', [WEBAPP, ...childKinds(spec)], name);
  }

  change(name: string, spec: Spec): void {
    const before = this.specs.get(name);
    this.specs.set(name, spec);
    if (before?.host === undefined && spec.host !== undefined)
      this.#count('create', [INGRESS], name);
    if (before?.host !== undefined && spec.host === undefined)
      this.#count('delete', [INGRESS], name);
  }

  /** Children go by themselves, with their owner. */
  remove(name: string): void {
    this.specs.delete(name);
    this.#count('delete', [WEBAPP], name);
  }

  /** Somebody has deleted an object: it comes back, and with a WebApp its children. */
  takenAway({ kind, metadata }: KubeObject): void {
    const spec = this.specs.get(metadata.name);
    if (spec === undefined) return;
    const kinds = [WEBAPP, ...childKinds(spec)];
    const gone = kind === WEBAPP.kind ? kinds : kinds.filter((one) => one.kind === kind);
    this.#removed.add(metadata.uid);
    this.#count('create', gone, metadata.name);
  }

  /** Returns whether exactly the objects of a name exist that the branch asks for, all of one WebApp. */
  isAtRest(name: string, state: State): boolean {
    const spec = this.specs.get(name);
    const webapp = state.get(`${WEBAPP.kind}/${name}`);
    const wanted = spec ? childKinds(spec).map(({ kind }) => kind) : [];
    const present = CHILD_KINDS.flatMap(({ kind }) => state.get(`${kind}/${name}`) ?? []);
    const isWhole = present.map(({ kind }) => kind).join() === wanted.join();
    if (spec === undefined || webapp === undefined)
      return isWhole && spec === undefined && webapp === undefined;
    return isWhole && [webapp, ...present].every((object) => this.#isOf(object, webapp));
  }

  #isOf({ kind, metadata, ...rest }: KubeObject, webapp: KubeObject): boolean {
    const isGoing = metadata.deletionTimestamp !== undefined || this.#removed.has(metadata.uid);
    const owner = controllerOf({ kind, metadata, ...rest });
    return !isGoing && (kind === WEBAPP.kind || owner?.uid === webapp.metadata.uid);
  }

  #count(verb: string, kinds: readonly { plural: string }[], name: string): void {
    for (const { plural } of kinds) {
      const key = `${verb} ${plural} ${name}`;
      this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    }
  }
}
