import type { CallCost } from '../library.ts';
import { Bytes, CelMap, type Value } from '../values/values.ts';
import { byteLength } from './go-string.ts';

/** Units of cost of going through a value with all that is in it: 1 each, a tenth of the bytes of a string. */
function traverse(value: Value): number {
  if (typeof value === 'string') return Math.trunc(byteLength(value) * 0.1);
  if (typeof value !== 'object') return 1;
  if (Array.isArray(value)) return traverseAll(value);
  return value instanceof CelMap ? traverseMap(value) : traverseScalar(value);
}

function traverseAll(list: readonly Value[]): number {
  let cost = 0;
  for (const element of list) cost += traverse(element);
  return cost;
}

function traverseMap(map: CelMap): number {
  let cost = 0;
  for (const [key, value] of map) cost += traverse(key) + traverse(value);
  return cost;
}

function traverseScalar(value: Value): number {
  return value instanceof Bytes ? Math.trunc(value.data.length * 0.1) : 1;
}

/** The cost of a search through the first argument, a list or a string. */
export const searchCost: CallCost = ([searched = null]) => traverse(searched);
