import type { Overload } from '../library.ts';
import type { Type } from '../types/types.ts';
import { accepts, noOverloadFor } from '../values/value-type.ts';
import { CelError, type Value } from '../values/values.ts';

/** What a call may run. */
export interface Callee {
  readonly name: string;
  /** The overload that the checker found, undefined where it left several. */
  readonly sole: Overload | undefined;
  /** All overloads of the function that take as many arguments, methods and functions alike. */
  readonly overloads: readonly Overload[];
}

type Unary = (a: Value) => Value;
type Binary = (a: Value, b: Value) => Value;

/** Runs a function with arguments of any types. An error among them is the result; of several it is the first. */
export function invoke({ name, sole, overloads }: Callee, args: readonly Value[]): Value {
  const error = args.find((each) => each instanceof CelError);
  if (error !== undefined) return error;
  const dispatch = overloads[0]?.dispatch;
  if (dispatch) return dispatch(...args);
  const candidates = sole ? [sole] : overloads;
  const overload = candidates.find((each) => each.args.every((type, i) => takes(type, args[i])));
  return overload ? overload.run(...args) : noOverloadFor(name, args);
}

function takes(type: Type, value: Value | undefined): boolean {
  return value !== undefined && accepts(type, value);
}

/** Returns invoke() for functions of one argument, which is faster for the types that are most usual. */
export function unaryOf(callee: Callee): Unary {
  const { sole } = callee;
  const dispatch = callee.overloads[0]?.dispatch;
  const slow: Unary = dispatch
    ? (a) => (a instanceof CelError ? a : dispatch(a))
    : (a) => invoke(callee, [a]);
  return sole ? quickUnary(sole, slow) : slow;
}

/** Returns invoke() for functions of two arguments, which is faster for the types that are most usual. */
export function binaryOf(callee: Callee): Binary {
  const { sole, overloads } = callee;
  const dispatch = overloads[0]?.dispatch;
  const slow: Binary = dispatch
    ? (a, b) => (a instanceof CelError ? a : b instanceof CelError ? b : dispatch(a, b))
    : (a, b) => invoke(callee, [a, b]);
  if (sole) return quickBinary(sole, slow);
  return USUAL.reduce<Binary>((otherwise, kind) => {
    const overload = overloads.find(({ args }) => args.every((type) => type.kind === kind));
    return overload ? quickBinary(overload, otherwise) : otherwise;
  }, slow);
}

/** Where an operator is left to the types of the values these are tried first, the last one before the others. */
const USUAL: readonly Type['kind'][] = ['string', 'int'];

const TYPEOFS: Partial<Record<Type['kind'], string>> = {
  bool: 'boolean',
  double: 'number',
  int: 'bigint',
  string: 'string',
};

function typeofArg({ args }: Overload, index: number): string | undefined {
  const type = args[index];
  return type && TYPEOFS[type.kind];
}

function quickUnary(overload: Overload, otherwise: Unary): Unary {
  const { run } = overload;
  const type = typeofArg(overload, 0);
  if (type === undefined) return otherwise;
  return (a) => (typeof a === type ? run(a) : otherwise(a));
}

function quickBinary(overload: Overload, otherwise: Binary): Binary {
  const { run } = overload;
  const first = typeofArg(overload, 0);
  const second = typeofArg(overload, 1);
  if (first === undefined || second === undefined) return otherwise;
  return (a, b) => (typeof a === first && typeof b === second ? run(a, b) : otherwise(a, b));
}
