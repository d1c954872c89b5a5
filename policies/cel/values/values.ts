import type { Type } from '../types/types.ts';

/**
 * A CEL value. Integers are bigint, doubles are number, so that `1` and `1.0` stay apart. Errors are values, as in
 * cel-go: that is what lets `error || true` be true and a failing element not spoil exists().
 */
export type Value =
  | boolean
  | bigint
  | number
  | string
  | null
  | Uint
  | Bytes
  | Duration
  | Timestamp
  | readonly Value[]
  | CelMap
  | Struct
  | TypeValue
  | Optional
  | Opaque
  | CelError;

/** An unsigned 64-bit integer. */
export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

export class Bytes {
  readonly data: Uint8Array;
  constructor(data: Uint8Array) {
    this.data = data;
  }
}

/** A span of time in nanoseconds, within ±2^63. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A moment in nanoseconds since 1970-01-01T00:00:00Z, years 1 to 9999. */
export class Timestamp {
  readonly nanos: bigint;
  /** Seconds east of UTC that string() shows it with; it has no part in comparisons. */
  readonly offset: number;
  constructor(nanos: bigint, offset = 0) {
    this.nanos = nanos;
    this.offset = offset;
  }
}

/** The key of a map as CEL sees it. */
export type Key = boolean | bigint | string | Uint;

/**
 * A map in the order of its making. As in cel-go, 1, 1u and 1.0 are keys of their own; where there is none of the type
 * that is asked for, a double finds an integer, and integers of the two types find each other.
 * It has no prototype to leak: `__proto__` and `constructor` are keys like any other.
 */
export class CelMap {
  readonly #takesStringsOnly: boolean;
  readonly #values = new Map<Stored, Value>();
  #hasUints = false;

  /** @param takesStringsOnly set for the map of a JSON object that the API server asks for nothing but strings */
  constructor(takesStringsOnly = false) {
    this.#takesStringsOnly = takesStringsOnly;
  }

  /** Later entries of the same key replace earlier ones. */
  static of(entries: Iterable<readonly [Key, Value]>): CelMap {
    const map = new CelMap();
    for (const [key, value] of entries) map.add(key, value);
    return map;
  }

  /** Adds an entry, or replaces that of the same key. It is for whoever makes a map: one that others know never changes. */
  add(key: Key, value: Value): void {
    if (key instanceof Uint) this.#hasUints = true;
    this.#values.set(stored(key), value);
  }

  get takesStringsOnly(): boolean {
    return this.#takesStringsOnly;
  }

  get size(): number {
    return this.#values.size;
  }

  /** The same number for the cost of a call, which looks at no entry. */
  get costSize(): number {
    return this.#values.size;
  }

  /** Returns undefined where there is no such key, as there is none that NaN is equal to. */
  get(key: Value): Value | undefined {
    if (Number.isNaN(key)) return undefined;
    const found = this.#values.get(stored(key));
    if (found !== undefined || typeof key === 'string') return found;
    for (const other of sameNumbers(key)) {
      const value = this.#values.get(other);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  has(key: Value): boolean {
    return this.get(key) !== undefined;
  }

  keys(): Iterable<Key> {
    return this.#hasUints
      ? [...this.#values.keys()].map(written)
      : (this.#values.keys() as Iterable<Key>);
  }

  [Symbol.iterator](): Iterator<readonly [Key, Value]> {
    if (!this.#hasUints) return this.#values.entries() as Iterator<readonly [Key, Value]>;
    return [...this.#values]
      .map(([key, value]): [Key, Value] => [written(key), value])
      [Symbol.iterator]();
  }
}

/** What a key is found by: uints stand above all ints. */
type Stored = string | boolean | bigint | number;

const UINTS = 2n ** 64n;
const MAX_INT = 2n ** 63n - 1n;

/** What can be no key finds itself only: cel-go makes maps of such keys all the same, as of `{dyn(null): 1}`. */
function stored(key: Value): Stored {
  return key instanceof Uint ? UINTS + key.value : (key as Stored);
}

function written(key: Stored): Key {
  return typeof key === 'bigint' && key >= UINTS ? new Uint(key - UINTS) : (key as Key);
}

/** Returns the keys of other types that are the same number; a double is none of them. */
function sameNumbers(key: Value): Stored[] {
  if (key instanceof Uint) return key.value <= MAX_INT ? [key.value] : [];
  if (typeof key === 'bigint') return key >= 0n ? [UINTS + key] : [];
  return typeof key === 'number' && Number.isInteger(key) ? integersOf(BigInt(key)) : [];
}

function integersOf(whole: bigint): Stored[] {
  const ints = whole <= MAX_INT && whole >= -MAX_INT ? [whole] : [];
  const uints = whole >= 0n && whole < UINTS ? [UINTS + whole] : [];
  return [...ints, ...uints];
}

/** A value with declared fields that are computed when they are asked for: `variables`. */
export abstract class Struct {
  abstract readonly type: Type;
  /** Returns undefined where there is no such field. */
  abstract get(field: string): Value | undefined;
  abstract has(field: string): boolean;
}

/** The value of `type(x)` and of names such as `int`. */
export class TypeValue {
  readonly type: Type;
  constructor(type: Type) {
    this.type = type;
  }
}

export class Optional {
  static readonly none = new Optional(undefined);
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** A value of a library's own type: quantity, URL, IP, ... */
export abstract class Opaque {
  abstract readonly type: Type;
  /** The error is `no such overload`. */
  abstract equals(other: Opaque): boolean | CelError;
  /** What size() and the cost of a call take for its size; 1 where it has none. */
  get costSize(): number {
    return 1;
  }
}

/** An evaluation that failed. The message is the API server's where a user can see it. */
export class CelError {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

export const noSuchOverload: CelError = new CelError('no such overload');
