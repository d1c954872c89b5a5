import { doubleToInt, doubleToUint, MAX_INT } from '../values/numbers.ts';
import { type Kind, kindOf } from '../values/value-type.ts';
import { CelError, type Uint, type Value } from '../values/values.ts';
import type { CallSite } from './call-site.ts';
import type { Step } from './frame.ts';
import { stepIn } from './planned-step.ts';
import { constant, type Planned, stepOf } from './planning.ts';
import { refuseUnhashable } from './unhashable.ts';

/**
 * Plans `x in [...]` of a list of constants: it costs nothing but x, and x is looked up instead of compared. In an empty
 * list it is not even evaluated.
 */
export function planMembership({ args, sole }: CallSite): Planned | undefined {
  const [element, list] = args;
  if (sole?.id !== 'in_list' || !element || list?.kind !== 'constant') return undefined;
  if (!Array.isArray(list.value)) return undefined;
  if (list.value.length === 0) return constant(false);
  if (!list.value.every((each) => PRIMITIVES.has(kindOf(each)))) return undefined;
  return stepOf(lookup(stepIn(element), new Members(list.value)));
}

const PRIMITIVES: ReadonlySet<Kind> = new Set<Kind>(['bool', 'double', 'int', 'string', 'uint']);

function lookup(element: Step, members: Members): Step {
  return (frame) => {
    const value = element(frame);
    if (typeof value === 'string') return members.has(value);
    if (value instanceof CelError) return value;
    refuseUnhashable(value);
    return members.has(value);
  };
}

/** The elements of a list, with the same numbers of other types where no digit gets lost. */
class Members {
  readonly #values = new Set<Value>();
  readonly #uints = new Set<bigint>();

  constructor(list: readonly Value[]) {
    for (const each of list) this.#add(each);
  }

  has(value: Value): boolean {
    return kindOf(value) === 'uint'
      ? this.#uints.has((value as Uint).value)
      : this.#values.has(value);
  }

  #add(value: Value): void {
    if (kindOf(value) === 'uint') this.#addUint((value as Uint).value);
    else if (typeof value === 'number') this.#addDouble(value);
    else if (typeof value === 'bigint') this.#addInt(value);
    else this.#values.add(value);
  }

  #addInt(value: bigint): void {
    this.#values.add(value).add(Number(value));
    if (value >= 0n) this.#uints.add(value);
  }

  #addUint(value: bigint): void {
    this.#uints.add(value);
    this.#values.add(Number(value));
    if (value <= MAX_INT) this.#values.add(value);
  }

  /** NaN is equal to nothing. */
  #addDouble(value: number): void {
    if (Number.isNaN(value)) return;
    this.#values.add(value);
    const int = doubleToInt(value);
    if (typeof int === 'bigint' && Number(int) === value) this.#values.add(int);
    const uint = doubleToUint(value);
    if (!(uint instanceof CelError) && Number(uint.value) === value) this.#uints.add(uint.value);
  }
}
