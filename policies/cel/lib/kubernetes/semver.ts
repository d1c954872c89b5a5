import { type Library, overload, withCost } from '../../library.ts';
import { sizeOf, traversalCost } from '../../values/size.ts';
import type { CelError } from '../../values/values.ts';
import { comparisons } from './comparisons.ts';
import { Semver } from './semver-value.ts';

/** Functions of kubernetes.Semver. With a second argument of true a version need not be in the canonical form. */
export const semver: Library = {
  name: 'kubernetes.Semver',
  overloads: [
    ...withCost(
      ([text = '']) => traversalCost(sizeOf(text)),
      [
        overload('string_to_semver', 'semver(string) -> kubernetes.Semver', Semver.parse),
        overload('string_bool_to_semver', 'semver(string, bool) -> kubernetes.Semver', parse),
        overload(
          'is_semver_string',
          'isSemver(string) -> bool',
          (text: string) => Semver.parse(text) instanceof Semver,
        ),
        overload(
          'is_semver_string_bool',
          'isSemver(string, bool) -> bool',
          (text: string, normalize: boolean) => parse(text, normalize) instanceof Semver,
        ),
      ],
    ),
    overload('semver_major', 'kubernetes.Semver.major() -> int', (of: Semver) => of.major),
    overload('semver_minor', 'kubernetes.Semver.minor() -> int', (of: Semver) => of.minor),
    overload('semver_patch', 'kubernetes.Semver.patch() -> int', (of: Semver) => of.patch),
    ...comparisons('semver', 'kubernetes.Semver'),
  ],
};

function parse(text: string, normalize: boolean): Semver | CelError {
  return normalize ? Semver.parseNormalized(text) : Semver.parse(text);
}
