import type { Overload } from '../../../policies/cel/library.ts';

const INFIX = /^_(.+)_$/;

/**
 * Returns a call as people write it.
 *
 * @param bare without parentheses, so that what it means depends on where it stands
 */
export function write({ name, member }: Overload, args: readonly string[], bare: boolean): string {
  const [first, second] = args;
  const [open, close] = bare ? ['', ''] : ['(', ')'];
  if (name === '_[_]') return `${first}[${second}]`;
  if (name === '_[?_]') return `${first}[?${second}]`;
  if (name === '_?._') return `${first}.?${second}`;
  if (name === '@in') return `${open}${first} in ${second}${close}`;
  if (name === '!_') return `!${open}${first}${close}`;
  if (name === '-_') return `-${open}${first}${close}`;
  const [, operator] = INFIX.exec(name) ?? [];
  if (operator !== undefined) return `${open}${first} ${operator} ${second}${close}`;
  return member ? `${first}.${name}(${args.slice(1).join(', ')})` : `${name}(${args.join(', ')})`;
}

/** Functions that no text can name, and those that need somebody who is asking. */
export function canBeWritten({ name, args, result }: Overload): boolean {
  const authorizer = /authorization/.test(JSON.stringify([args, result]));
  return !authorizer && !/^@(not_strictly|sortBy)|mapInsert/.test(name) && name !== '_?_:_';
}
