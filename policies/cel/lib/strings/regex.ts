import { type CallCost, type Library, overload, withCost } from '../../library.ts';
import { compileRegex, type Regex } from '../../regex/regex.ts';
import { sizeOf, traversalCost } from '../../values/size.ts';
import { CelError, type Value } from '../../values/values.ts';

/** Four characters of a pattern count as one expression of it; a text counts one character more than it has. */
const searchCost: CallCost = ([text = '', pattern = '']) =>
  traversalCost(1 + sizeOf(text)) * Math.ceil(sizeOf(pattern) * 0.25);

function withRegex(pattern: string, use: (regex: Regex) => Value): Value {
  const regex = compileRegex(pattern);
  return regex instanceof CelError ? new CelError(`Illegal regex: ${regex.message}`) : use(regex);
}

function find(text: string, pattern: string): Value {
  return withRegex(pattern, (regex) => regex.find(text));
}

function findEvery(text: string, pattern: string, limit = -1n): Value {
  return withRegex(pattern, (regex) => regex.findAll(text, Number(limit)));
}

/** Searches for matches of RE2 patterns. */
export const regex: Library = {
  name: 'kubernetes.regex',
  overloads: withCost(searchCost, [
    overload('string_find_string', 'string.find(string) -> string', find),
    overload('string_find_all_string', 'string.findAll(string) -> list(string)', findEvery),
    overload(
      'string_find_all_string_int',
      'string.findAll(string, int) -> list(string)',
      findEvery,
    ),
  ]),
};
