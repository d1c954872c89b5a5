import { LRUCache } from 'lru-cache';
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { toRe2js } from './regex-dialect.ts';
import { CelError } from './values.ts';

/** A compiled pattern: `test(text)` asks whether it is found anywhere. */
export type Regex = RE2JS;

/** Compiling costs a hundred times a match. Each program keeps states, up to some MB, so their number is bounded. */
const programs = new LRUCache<string, Regex | CelError>({ max: 256 });

/**
 * Compiles a pattern of Go's regexp, or takes it from a cache.
 *
 * @returns for a bad pattern an error in Go's words, e.g. "error parsing regexp: missing closing ): `(`"
 */
export function compileRegex(pattern: string): Regex | CelError {
  const known = programs.get(pattern);
  if (known) return known;
  const made = compile(pattern);
  programs.set(pattern, made);
  return made;
}

/** Returns the leftmost match, or the empty string where there is none. */
export function findFirst(regex: Regex, text: string): string {
  return regex.re2().find(text);
}

/** Returns the successive matches, at most `limit` of them; all where it is negative. */
export function findAll(regex: Regex, text: string, limit: number): string[] {
  return regex.re2().findAll(text, limit) ?? [];
}

/** Names of Unicode classes differ silently; all else that differs is an error in re2js first. */
const NAMES_CLASS = /\\[pP]/;

/** A byte that is no UTF-8, as go-string.ts keeps it in a text. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function compile(pattern: string): Regex | CelError {
  const invalid = pattern.search(LONE_SURROGATE);
  if (invalid >= 0) return new CelError(syntaxError('invalid UTF-8', pattern.slice(invalid)));
  const first = NAMES_CLASS.test(pattern) ? undefined : attempt(pattern);
  if (first instanceof RE2JS) return first;
  const rewritten = toRe2js(pattern);
  const result = attempt(rewritten.pattern);
  if (result instanceof RE2JS) return result;
  return new CelError(describe(result, pattern, rewritten.restore));
}

function attempt(pattern: string): RE2JS | RE2JSSyntaxException {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return error;
    throw error;
  }
}

/** Go always quotes a part of the pattern, even an empty one, and the whole where none is to blame. */
function describe(
  { error, input }: RE2JSSyntaxException,
  pattern: string,
  restore: (text: string) => string,
): string {
  if (input === '(?P<' || input === '(?<') {
    return syntaxError('invalid or unsupported Perl syntax', input.replace('P<', 'P'));
  }
  if (error.startsWith('trailing backslash')) return syntaxError(error, '');
  return syntaxError(error, input === null ? pattern : restore(input));
}

function syntaxError(code: string, part: string): string {
  return `error parsing regexp: ${code}: \`${part}\``;
}
