import { type Primitive, parameter, type Type } from './types.ts';

/** What a function takes and gives. For a method the first argument is the receiver. */
export interface Signature {
  readonly name: string;
  readonly member: boolean;
  readonly args: readonly Type[];
  readonly result: Type;
}

/** Primitives under the names that signatures use. */
const NAMED: Readonly<Record<string, Primitive>> = {
  bool: 'bool',
  bytes: 'bytes',
  double: 'double',
  dyn: 'dyn',
  int: 'int',
  null_type: 'null',
  string: 'string',
  uint: 'uint',
  'google.protobuf.Duration': 'duration',
  'google.protobuf.Timestamp': 'timestamp',
};

/**
 * Reads a signature in cel-go's notation, e.g. `list(<T>).indexOf(<T>) -> int`. Operators have their internal names:
 * `_+_(int, int) -> int`.
 *
 * @throws Error where the text is none; signatures are part of this program, so that is a fault of it
 */
export function parseSignature(text: string): Signature {
  const [call = '', result = ''] = text.split(' -> ');
  const open = openOfLastGroup(call);
  const args = splitArguments(call.slice(open + 1, -1)).map(parseType);
  const { receiver, name } = splitReceiver(call.slice(0, open));
  return {
    name,
    member: receiver !== undefined,
    args: receiver === undefined ? args : [parseType(receiver), ...args],
    result: parseType(result),
  };
}

function openOfLastGroup(call: string): number {
  let depth = 0;
  for (let i = call.length - 1; i >= 0; i--) {
    if (call[i] === ')') depth++;
    if (call[i] === '(' && --depth === 0) return i;
  }
  throw new Error(`no signature: ${call}`);
}

/** Splits `list(<T>).indexOf` at its last dot; `optional.of` and `ip.isCanonical` are names without receiver. */
function splitReceiver(head: string): { receiver?: string; name: string } {
  const dot = head.lastIndexOf('.');
  const receiver = head.slice(0, dot);
  const isType =
    receiver in NAMED || /[)>]$/.test(receiver) || /^kubernetes\.|^net\./.test(receiver);
  return dot > 0 && isType ? { receiver, name: head.slice(dot + 1) } : { name: head };
}

function splitArguments(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= list.length; i++) {
    if (list[i] === '(') depth++;
    if (list[i] === ')') depth--;
    if ((list[i] === ',' && depth === 0) || i === list.length) {
      parts.push(list.slice(start, i).trim());
      start = i + 1;
    }
  }
  return parts.filter((part) => part !== '');
}

function parseType(text: string): Type {
  const primitive = NAMED[text];
  if (primitive) return { kind: primitive };
  if (text.startsWith('<')) return parameter(text.slice(1, -1));
  const open = text.indexOf('(');
  const parameters = open < 0 ? [] : splitArguments(text.slice(open + 1, -1)).map(parseType);
  return compoundType(open < 0 ? text : text.slice(0, open), parameters);
}

function compoundType(name: string, parameters: Type[]): Type {
  const [first, second] = parameters;
  if (name === 'list' && first) return { kind: 'list', element: first };
  if (name === 'map' && first && second) return { kind: 'map', key: first, value: second };
  if (name === 'type') return first ? { kind: 'type', of: first } : { kind: 'type' };
  return { kind: 'opaque', name, parameters };
}
