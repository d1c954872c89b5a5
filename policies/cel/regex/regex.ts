import { LRUCache } from 'lru-cache';
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { CelError } from '../values/values.ts';
import { toRe2js } from './regex-dialect.ts';

/** A compiled pattern. */
export class Regex {
  readonly #finder: RE2JS;
  readonly #tester: RE2JS;

  /** @throws RE2JSSyntaxException for a pattern that re2js does not take */
  constructor(pattern: string) {
    this.#finder = RE2JS.compile(pattern);
    this.#tester = testerOf(this.#finder, pattern);
  }

  /** Whether the pattern is found anywhere. */
  test(text: string): boolean {
    return this.#tester.test(text);
  }

  /** Returns the leftmost match, or the empty string where there is none. */
  find(text: string): string {
    return this.#finder.re2().find(text);
  }

  /** Returns the successive matches, at most `limit` of them; all where it is negative. */
  findAll(text: string, limit: number): string[] {
    return this.#finder.re2().findAll(text, limit) ?? [];
  }
}

/**
 * re2js runs anchored patterns on an engine for captures, which takes several times as long as the automaton that is
 * enough for a test. A program that does not have that engine uses the automaton.
 */
function testerOf(finder: RE2JS, pattern: string): RE2JS {
  if (!finder.re2().onepass) return finder;
  const tester = RE2JS.compile(pattern);
  Object.assign(tester.re2(), { onepass: null });
  return tester;
}

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

/** Names of Unicode classes differ silently; all else that differs is an error in re2js first. */
const NAMES_CLASS = /\\[pP]/;

/** A byte that is no UTF-8, as go-string.ts keeps it in a text. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function compile(pattern: string): Regex | CelError {
  const invalid = pattern.search(LONE_SURROGATE);
  if (invalid >= 0) return new CelError(syntaxError('invalid UTF-8', pattern.slice(invalid)));
  const first = NAMES_CLASS.test(pattern) ? undefined : attempt(pattern);
  if (first instanceof Regex) return first;
  const rewritten = toRe2js(pattern);
  const result = attempt(rewritten.pattern);
  if (result instanceof Regex) return result;
  return new CelError(describe(result, pattern, rewritten.restore));
}

function attempt(pattern: string): Regex | RE2JSSyntaxException {
  try {
    return new Regex(pattern);
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
