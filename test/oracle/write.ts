import type { Overload } from '../../policies/cel/library.ts';

const INFIX = /^_(.+)_$/;

/** Returns a call as people write it. */
export function write({ name, member }: Overload, args: readonly string[]): string {
  const [first, second] = args;
  if (name === '_[_]') return `${first}[${second}]`;
  if (name === '_[?_]') return `${first}[?${second}]`;
  if (name === '_?._') return `${first}.?${second}`;
  if (name === '@in') return `(${first} in ${second})`;
  if (name === '!_') return `!(${first})`;
  if (name === '-_') return `-(${first})`;
  const [, operator] = INFIX.exec(name) ?? [];
  if (operator !== undefined) return `(${first} ${operator} ${second})`;
  return member ? `${first}.${name}(${args.slice(1).join(', ')})` : `${name}(${args.join(', ')})`;
}

/** Functions that no text can name, and those that need somebody who is asking. */
export function canBeWritten({ name, args, result }: Overload): boolean {
  const authorizer = /authorization/.test(JSON.stringify([args, result]));
  return !authorizer && !/@(not_strictly|sortBy|mapInsert)|^(in|__.*__|_in_)$/.test(name) && name !== '_?_:_';
}
