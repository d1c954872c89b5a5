import { type CallCost, type Library, overload, withCost } from '../../library.ts';
import { sizeOf, traversalCost } from '../../values/size.ts';
import { withSoleCost } from '../standard-costs.ts';
import { searchCost } from '../traversal.ts';
import { formatString } from './format-string.ts';
import { charAt, indexOf, lastIndexOf, substring } from './strings-search.ts';
import { join, lowerAscii, quote, replace, split, trim, upperAscii } from './strings-transform.ts';

const readCost: CallCost = ([text = '']) => traversalCost(sizeOf(text));

/** The text is read and as much is made of it. */
const rewriteCost: CallCost = ([text = '']) => traversalCost(sizeOf(text) * 2);

const joinCost: CallCost = (_, result) => traversalCost(sizeOf(result) * 2);

/** Functions on strings: version 2 of cel-go's extension. */
export const strings: Library = {
  name: 'cel.lib.ext.strings',
  overloads: [
    overload('string_char_at_int', 'string.charAt(int) -> string', charAt),
    ...withCost(searchCost, [
      overload('string_index_of_string', 'string.indexOf(string) -> int', indexOf),
      overload('string_index_of_string_int', 'string.indexOf(string, int) -> int', indexOf),
      overload('string_last_index_of_string', 'string.lastIndexOf(string) -> int', lastIndexOf),
      overload(
        'string_last_index_of_string_int',
        'string.lastIndexOf(string, int) -> int',
        lastIndexOf,
      ),
    ]),
    ...withCost(readCost, [
      overload('string_lower_ascii', 'string.lowerAscii() -> string', lowerAscii),
      overload('string_upper_ascii', 'string.upperAscii() -> string', upperAscii),
      overload('string_substring_int', 'string.substring(int) -> string', substring),
      overload('string_substring_int_int', 'string.substring(int, int) -> string', substring),
      overload('string_trim', 'string.trim() -> string', trim),
    ]),
    ...withCost(rewriteCost, [
      overload('string_replace_string_string', 'string.replace(string, string) -> string', replace),
      overload(
        'string_replace_string_string_int',
        'string.replace(string, string, int) -> string',
        replace,
      ),
      overload('string_split_string', 'string.split(string) -> list(string)', split),
      overload('string_split_string_int', 'string.split(string, int) -> list(string)', split),
    ]),
    ...withCost(joinCost, [
      overload('list_join', 'list(string).join() -> string', join),
      overload('list_join_string', 'list(string).join(string) -> string', join),
    ]),
    ...withSoleCost(readCost, [
      overload('string_format', 'string.format(list(dyn)) -> string', formatString),
      overload('strings_quote', 'strings.quote(string) -> string', quote),
    ]),
  ],
};
