import { CannotJudge } from '../cel/lib/authorizer.ts';
import { CelMap, type Key, type Value } from '../cel/values.ts';

/** Hands out the values of what is not known, and remembers that somebody asked. */
export class Unknowns {
  /** What was asked for last; undefined where nothing was since the last reset. */
  asked: string | undefined;

  reset(): void {
    this.asked = undefined;
  }

  value(what: string): CannotJudge {
    this.asked = what;
    return new CannotJudge(what);
  }

  /** Returns the value; one that cannot be judged counts as asked for, wherever it was made. */
  note(value: Value): Value {
    if (value instanceof CannotJudge) this.asked = value.message;
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

  override get size(): number {
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
    for (const [key, what] of this.#unknown) yield [key, this.#unknowns.value(what)];
  }
}
