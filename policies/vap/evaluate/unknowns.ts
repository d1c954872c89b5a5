import { CannotJudge } from '../../cel/lib/kubernetes/authorizer.ts';
import { CelMap, type Key, type Value } from '../../cel/values/values.ts';

/** What an evaluation came to know of what is not known. */
export interface Traces {
  /** What was asked for last; its error may have been absorbed, as that of an operand of || may. */
  readonly asked: string | undefined;
  /** What was compared or copied as part of a larger value, where its error gets lost. */
  readonly lost: string | undefined;
}

const NOTHING: Traces = { asked: undefined, lost: undefined };

/** Hands out the values of what is not known, and remembers that somebody asked. */
export class Unknowns {
  #traces = NOTHING;

  get traces(): Traces {
    return this.#traces;
  }

  /** Evaluates something and returns its value, which cannot be judged where something unknown got lost in it. */
  trace(evaluate: () => Value): { readonly value: Value; readonly traces: Traces } {
    const before = this.#traces;
    this.#traces = NOTHING;
    const value = evaluate();
    const traces = this.#traces;
    const { asked = before.asked } = traces;
    this.#traces = { asked, lost: before.lost };
    const isLost = traces.lost !== undefined && !(value instanceof CannotJudge);
    return { value: isLost ? new CannotJudge(traces.lost) : value, traces };
  }

  ask(what: string): void {
    this.#traces = { ...this.#traces, asked: what };
  }

  lose(what: string): void {
    this.#traces = { ...this.#traces, lost: what };
  }

  value(what: string): CannotJudge {
    this.ask(what);
    return new CannotJudge(what);
  }

  /** Returns the value; one that cannot be judged counts as asked for, wherever it was made. */
  note(value: Value): Value {
    if (value instanceof CannotJudge) this.ask(value.message);
    return value;
  }
}

/** A map of which some values are not known: it has them, and whoever reads one cannot be judged. */
export class PartlyKnownMap extends CelMap {
  readonly #known: CelMap;
  readonly #unknown: ReadonlyMap<string, string>;
  readonly #unknowns: Unknowns;

  /** @param unknown what to say of each key whose value is not known */
  constructor(known: CelMap, unknown: ReadonlyMap<string, string>, unknowns: Unknowns) {
    super();
    this.#known = known;
    this.#unknown = unknown;
    this.#unknowns = unknowns;
  }

  override get takesStringsOnly(): boolean {
    return this.#known.takesStringsOnly;
  }

  /** Whoever wants to know it is about to take the map as a whole. */
  override get size(): number {
    for (const what of this.#unknown.values()) this.#unknowns.lose(what);
    return this.#known.size + this.#unknown.size;
  }

  override get costSize(): number {
    return this.#known.size + this.#unknown.size;
  }

  override get(key: Value): Value | undefined {
    const what = typeof key === 'string' ? this.#unknown.get(key) : undefined;
    return what === undefined ? this.#known.get(key) : this.#unknowns.value(what);
  }

  override has(key: Value): boolean {
    return this.#known.has(key) || (typeof key === 'string' && this.#unknown.has(key));
  }

  override *keys(): Generator<Key> {
    yield* this.#known.keys();
    yield* this.#unknown.keys();
  }

  override *[Symbol.iterator](): Generator<readonly [Key, Value]> {
    yield* this.#known;
    for (const [key, what] of this.#unknown) {
      this.#unknowns.lose(what);
      yield [key, new CannotJudge(what)];
    }
  }
}
