import { type CallCost, CostPanic } from '../../library.ts';
import { goTypeName } from '../../values/go-type-name.ts';
import { sizeOf } from '../../values/size.ts';
import { type Kind, kindOf } from '../../values/value-type.ts';
import { CelError, type Value } from '../../values/values.ts';

/** The call itself and the list that it makes. */
const BASE = 1 + 10;

function allocation(units: number): number {
  return Math.trunc(units) + BASE;
}

export const outputCost: CallCost = (_, result) => allocation(sizeOf(result));

/** Each level goes through the list once; a negative depth counts as one. */
export const flattenCost: CallCost = ([list = null, depth = 1n]) => {
  if (typeof depth !== 'bigint') {
    throw panic(`ref.Val is ${goTypeOf(depth)}, not types.Int`);
  }
  return allocation(sizeOf(list) * (depth < 0n ? 1 : Number(depth)));
};

/** Each element may be compared with each; comparing strings costs a little more. */
export const distinctCost: CallCost = ([list = null]) => comparisonsOf(list);
export const sortCost: CallCost = distinctCost;
export const sortByCost: CallCost = ([, keys = null]) => comparisonsOf(keys);

function comparisonsOf(list: Value): number {
  if (!Array.isArray(list)) throw notList(list);
  const first = list.length ? kindOf(list[0]) : undefined;
  const factor = first === 'string' || first === 'bytes' ? 2.1 : 2;
  return allocation(list.length * list.length * factor);
}

/** cel-go asserts that the argument is a list, which fails also for the error of an argument that has none. */
function notList(value: Value): CostPanic {
  const missing = ADDABLE.has(kindOf(value)) ? 'Contains' : 'Add';
  return panic(`${goTypeOf(value)} is not traits.Lister: missing method ${missing}`);
}

function panic(conversion: string): CostPanic {
  return new CostPanic(`internal error: interface conversion: ${conversion}`);
}

/** Kinds whose values have the first of the methods of a list. */
const ADDABLE: ReadonlySet<Kind> = new Set<Kind>([
  'bytes',
  'double',
  'duration',
  'int',
  'string',
  'timestamp',
  'uint',
]);

function goTypeOf(value: Value): string {
  return value instanceof CelError ? '*types.Err' : goTypeName(value);
}
