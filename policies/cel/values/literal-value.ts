import type { Literal } from '../syntax/ast.ts';
import { Bytes, Uint, type Value } from './values.ts';

/** Returns what a literal stands for. */
export function literalValue(literal: Literal): Value {
  switch (literal.type) {
    case 'null':
      return null;
    case 'uint':
      return new Uint(literal.value);
    case 'bytes':
      return new Bytes(literal.value);
    default:
      return literal.value;
  }
}
