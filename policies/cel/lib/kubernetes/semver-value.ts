import { opaque } from '../../types/types.ts';
import { CelError, Opaque } from '../../values/values.ts';
import { toByteString } from '../go-string.ts';
import { normalizeVersion, type PreRelease, parseVersion, type Version } from './semver-parse.ts';

const SEMVER = opaque('kubernetes.Semver');

/** A semantic version. Metadata of the build are read and then forgotten, since nothing can tell of them. */
export class Semver extends Opaque {
  readonly type = SEMVER;
  readonly #version: Version;

  private constructor(version: Version) {
    super();
    this.#version = version;
  }

  /** Returns an error with the text of blang/semver. */
  static parse(text: string): Semver | CelError {
    return Semver.#of(toByteString(text));
  }

  /** Takes `v1.2` and `01.2.3`, too. */
  static parseNormalized(text: string): Semver | CelError {
    const normalized = normalizeVersion(toByteString(text));
    return normalized instanceof CelError ? normalized : Semver.#of(normalized);
  }

  static #of(bytes: string): Semver | CelError {
    const version = parseVersion(bytes);
    return version instanceof CelError ? version : new Semver(version);
  }

  override equals(other: Opaque): boolean {
    return other instanceof Semver && this.compare(other) === 0;
  }

  get major(): bigint {
    return this.#number(0);
  }

  get minor(): bigint {
    return this.#number(1);
  }

  get patch(): bigint {
    return this.#number(2);
  }

  /** Numbers are uint64 but their results int64, without a check. */
  #number(index: number): bigint {
    return BigInt.asIntN(64, this.#version.numbers[index] ?? 0n);
  }

  compare(other: Semver): -1 | 0 | 1 {
    return (
      compareEach(this.#version.numbers, other.#version.numbers) ||
      comparePreReleases(this.#version.preRelease, other.#version.preRelease)
    );
  }
}

function comparePreReleases(a: readonly PreRelease[], b: readonly PreRelease[]): -1 | 0 | 1 {
  // A release follows its pre-releases.
  if (a.length === 0 || b.length === 0) return rank(Number(a.length === 0), Number(b.length === 0));
  return compareEach(a, b);
}

function compareEach(a: readonly PreRelease[], b: readonly PreRelease[]): -1 | 0 | 1 {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compare(a[i] as PreRelease, b[i] as PreRelease);
    if (order !== 0) return order;
  }
  return rank(a.length, b.length);
}

/** Numbers come before words. */
function compare(a: PreRelease, b: PreRelease): -1 | 0 | 1 {
  if (typeof a === typeof b) return rank(a, b);
  return typeof a === 'bigint' ? -1 : 1;
}

function rank<T extends bigint | number | string>(a: T, b: T): -1 | 0 | 1 {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
