import { codePoints } from './text.ts';
import { Bytes, CelMap, Opaque, Optional, type Value } from './values.ts';

/** Returns what the cost of a call takes for the size of a value: 1 where it has none. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return codePoints(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value)) return value.length;
  return sizeOfObject(value);
}

function sizeOfObject(value: object): number {
  if (value instanceof CelMap) return value.costSize;
  if (value instanceof Bytes) return value.data.length;
  if (value instanceof Optional) return value.value === undefined ? 1 : sizeOf(value.value);
  return value instanceof Opaque ? value.costSize : 1;
}

/** Units of cost of going once through a string or bytes of a size. */
export function traversalCost(size: number): number {
  return Math.ceil(size * 0.1);
}
