import { codePoints, sliceCodePoints, utf16Offset } from '../../values/text.ts';
import { CelError } from '../../values/values.ts';

/** Positions in strings. All of them count code points; a search from beyond the end finds nothing. */

const outOfRange = (index: bigint): CelError => new CelError(`index out of range: ${index}`);

/** Returns the empty string for the index just after the last character. */
export function charAt(text: string, index: bigint): string | CelError {
  const size = codePoints(text);
  if (index < 0n || index > size) return outOfRange(index);
  return sliceCodePoints(text, Number(index), Number(index) + 1);
}

export function substring(text: string, start: bigint, end?: bigint): string | CelError {
  const size = BigInt(codePoints(text));
  const stop = end ?? size;
  if (end !== undefined && start > end) {
    return new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  }
  if (start < 0n || start > size) return outOfRange(start);
  if (stop > size) return outOfRange(stop);
  return sliceCodePoints(text, Number(start), Number(stop));
}

/** Returns -1 where the part is not found. */
export function indexOf(text: string, part: string, from = 0n): bigint | CelError {
  if (from < 0n) return outOfRange(from);
  if (part === '') return atMost(from, text);
  // Also right for a start beyond the end, where utf16Offset() gives the end.
  return toCodePoints(text, text.indexOf(part, utf16Offset(text, Number(from))));
}

/** Returns the last place where the part begins, not after `from`; -1 where it is not found. */
export function lastIndexOf(text: string, part: string, from?: bigint): bigint | CelError {
  if (from === undefined) {
    return part === '' ? BigInt(codePoints(text)) : toCodePoints(text, text.lastIndexOf(part));
  }
  if (from < 0n) return outOfRange(from);
  if (part === '') return atMost(from, text);
  if (from >= codePoints(text)) return -1n;
  return toCodePoints(text, text.lastIndexOf(part, utf16Offset(text, Number(from))));
}

function atMost(index: bigint, text: string): bigint {
  const size = BigInt(codePoints(text));
  return index < size ? index : size;
}

function toCodePoints(text: string, offset: number): bigint {
  return offset < 0 ? -1n : BigInt(codePoints(text.slice(0, offset)));
}
