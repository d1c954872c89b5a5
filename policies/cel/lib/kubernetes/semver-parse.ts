import { parseUint64 } from '../../values/number-syntax.ts';
import { CelError } from '../../values/values.ts';
import { quote } from '../go-string.ts';

/** What stands between dots after the patch: the 2 or the word of 1.0.0-rc.2. */
export type PreRelease = bigint | string;

/** A version without the metadata of its build, which nothing can tell of. */
export interface Version {
  /** Major, minor, patch. */
  readonly numbers: readonly bigint[];
  readonly preRelease: readonly PreRelease[];
}

/** Parses a byte string. Returns an error with the text of blang/semver. */
export function parseVersion(bytes: string): Version | CelError {
  if (bytes === '') return new CelError('Version string empty');
  const [major = '', minor = '', rest] = splitInThree(bytes);
  if (rest === undefined) return new CelError('No Major.Minor.Patch elements found');
  const [release = '', build] = cut(rest, '+');
  const [patch = '', preRelease] = cut(release, '-');
  const numbers = parseEach([major, minor, patch], parseNumber);
  if (numbers instanceof CelError) return numbers;
  const preReleases = parseEach(preRelease?.split('.') ?? [], parsePreRelease);
  if (preReleases instanceof CelError) return preReleases;
  const builds = parseEach(build?.split('.') ?? [], parseBuild);
  return builds instanceof CelError ? builds : { numbers, preRelease: preReleases };
}

/** Returns the byte string without a leading v and leading zeros, and with the minor and patch that it lacks. */
export function normalizeVersion(bytes: string): string | CelError {
  const parts = splitInThree(bytes.replace(/^v/, '')).map(normalizePart);
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? '')) {
    return new CelError('short version cannot contain PreRelease/Build meta data');
  }
  return [...parts, '0', '0'].slice(0, 3).join('.');
}

/** What does not begin with a digit gets a zero: the patch of 1.2.-rc is 0. */
function normalizePart(part: string): string {
  if (part.length < 2) return part;
  const significant = part.replace(/^0+/, '');
  return /^[0-9]/.test(significant) ? significant : `0${significant}`;
}

/** Returns major, minor and all the rest. */
function splitInThree(bytes: string): string[] {
  const [major = '', minor, ...rest] = bytes.split('.');
  if (minor === undefined) return [major];
  return rest.length === 0 ? [major, minor] : [major, minor, rest.join('.')];
}

function cut(bytes: string, mark: string): [string, string?] {
  const at = bytes.indexOf(mark);
  return at < 0 ? [bytes] : [bytes.slice(0, at), bytes.slice(at + 1)];
}

/** Returns the first error there is. */
function parseEach<T>(
  parts: readonly string[],
  parse: (part: string, index: number) => T | CelError,
): T[] | CelError {
  const results: T[] = [];
  for (const [index, part] of parts.entries()) {
    const result = parse(part, index);
    if (result instanceof CelError) return result;
    results.push(result);
  }
  return results;
}

const NAMES = ['Major', 'Minor', 'Patch'];

function parseNumber(text: string, index: number): bigint | CelError {
  const name = NAMES[index] ?? '';
  if (!/^[0-9]*$/.test(text)) {
    return new CelError(
      `Invalid character(s) found in ${name.toLowerCase()} number ${quote(text)}`,
    );
  }
  if (hasLeadingZero(text)) {
    return new CelError(`${name} number must not contain leading zeroes ${quote(text)}`);
  }
  return parseDigits(text);
}

function hasLeadingZero(digits: string): boolean {
  return digits.length > 1 && digits.startsWith('0');
}

function parseDigits(text: string): bigint | CelError {
  const fault = text === '' ? 'invalid syntax' : 'value out of range';
  return parseUint64(text) ?? new CelError(`strconv.ParseUint: parsing ${quote(text)}: ${fault}`);
}

const WORD = /^[0-9A-Za-z-]+$/;

function parsePreRelease(text: string): PreRelease | CelError {
  if (text === '') return new CelError('Prerelease is empty');
  if (!WORD.test(text)) {
    return new CelError(`Invalid character(s) found in prerelease ${quote(text)}`);
  }
  if (!/^[0-9]+$/.test(text)) return text;
  if (!hasLeadingZero(text)) return parseDigits(text);
  return new CelError(`Numeric PreRelease version must not contain leading zeroes ${quote(text)}`);
}

function parseBuild(text: string): string | CelError {
  if (text === '') return new CelError('Build meta data is empty');
  if (WORD.test(text)) return text;
  return new CelError(`Invalid character(s) found in build meta data ${quote(text)}`);
}
