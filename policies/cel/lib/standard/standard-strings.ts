import { type Implementation, type Overload, overload } from '../../library.ts';
import { compileRegex } from '../../regex/regex.ts';
import { codePoints } from '../../values/text.ts';
import {
  type Bytes,
  CelError,
  type CelMap,
  noSuchOverload,
  type Value,
} from '../../values/values.ts';
import { dispatchedBy, dispatching } from '../dispatch.ts';
import { affixCost, containsCost, matchesCost, withSoleCost } from '../standard-costs.ts';

const sizeOfBytes = ({ data }: Bytes): bigint => BigInt(data.length);
const sizeOfList = (list: readonly Value[]): bigint => BigInt(list.length);
const sizeOfMap = (map: CelMap): bigint => BigInt(map.size);
const sizeOfString = (text: string): bigint => BigInt(codePoints(text));

const size = dispatching([
  overload('size_bytes', 'size(bytes) -> int', sizeOfBytes),
  overload('bytes_size', 'bytes.size() -> int', sizeOfBytes),
  overload('size_list', 'size(list(<A>)) -> int', sizeOfList),
  overload('list_size', 'list(<A>).size() -> int', sizeOfList),
  overload('size_map', 'size(map(<A>, <B>)) -> int', sizeOfMap),
  overload('map_size', 'map(<A>, <B>).size() -> int', sizeOfMap),
  overload('size_string', 'size(string) -> int', sizeOfString),
  overload('string_size', 'string.size() -> int', sizeOfString),
]);

type Test = (text: string, part: string) => boolean;

/** A method of two strings, which answers any other values without naming itself. */
function stringMethod(id: string, name: string, test: Test): Overload[] {
  const dispatch: Implementation = (a: Value, b: Value) =>
    typeof a === 'string' && typeof b === 'string' ? test(a, b) : noSuchOverload;
  return dispatchedBy(dispatch, [overload(id, `string.${name}(string) -> bool`, test)]);
}

function matches(text: string, pattern: string): boolean | CelError {
  const regex = compileRegex(pattern);
  return regex instanceof CelError ? regex : regex.test(text);
}

export const strings: readonly Overload[] = [
  ...size,
  ...withSoleCost(
    containsCost,
    stringMethod('contains_string', 'contains', (text, part) => text.includes(part)),
  ),
  ...withSoleCost(affixCost, [
    ...stringMethod('ends_with_string', 'endsWith', (text, part) => text.endsWith(part)),
    ...stringMethod('starts_with_string', 'startsWith', (text, part) => text.startsWith(part)),
  ]),
  ...withSoleCost(
    matchesCost,
    dispatching([
      overload('matches', 'matches(string, string) -> bool', matches),
      overload('matches_string', 'string.matches(string) -> bool', matches),
    ]),
  ),
];
