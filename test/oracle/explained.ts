// Differences that are known, and why they are none to mend. In none of them do we admit what the API server denies.
import { CANNOT_JUDGE } from './sides/said.ts';

/** What each side said of a case. */
export interface Pair {
  readonly ours: string;
  readonly theirs: string;
}

interface Explanation {
  readonly reason: string;
  readonly fits: (pair: Pair) => boolean;
}

/** What a side says of a validation that is true. */
export const TRUE = 'true';
/** What it says of an expression that it does not take begins with this. */
export const REFUSED = 'refused: ';

const EXPLANATIONS: readonly Explanation[] = [
  {
    reason: 'the result depends on what only the API server knows, and we say that we cannot judge',
    fits: ({ ours }) =>
      ours.startsWith(CANNOT_JUDGE) || ours.startsWith(`outcome: ${CANNOT_JUDGE}`),
  },
  {
    reason: 'cel-go panics, which the API server makes an internal error; we fail, too',
    fits: ({ ours, theirs }) =>
      /internal error|panic/.test(theirs) && (ours.startsWith(REFUSED) || isError(ours)),
  },
  {
    reason: 'no valid CEL; the words of the parser generator are not repeated',
    fits: ({ ours, theirs }) =>
      [ours, theirs].every((text) => /^refused: .*Syntax error/s.test(text)),
  },
  {
    reason: 'names of type variables are random in the API server',
    fits: ({ ours, theirs }) =>
      ours.startsWith(REFUSED) && withoutNumbers(ours) === withoutNumbers(theirs),
  },
  {
    reason: 'the error names a Go type that differs with how the value came to be',
    fits: ({ ours, theirs }) =>
      [ours, theirs].every((text) => /invalid qualifier type: [^:]+$/.test(text)),
  },
];

const isError = (text: string) => / resulted in error: /.test(text);
const withoutNumbers = (text: string) => text.replace(/_var\d+/g, '_var');

/** Of a case where the API server itself does not always say the same. */
export const UNSTABLE =
  'the API server does not always say the same: the order of its maps is random';

/** Returns why a difference is none to mend; undefined where it may be a fault. */
export function explanationOf(pair: Pair): string | undefined {
  return isUnsafe(pair) ? undefined : EXPLANATIONS.find(({ fits }) => fits(pair))?.reason;
}

/** Whether we let pass what the API server denies. */
export function isUnsafe({ ours, theirs }: Pair): boolean {
  if (ours.startsWith('outcome: allowed')) return theirs.startsWith('outcome: denied');
  return ours === TRUE && theirs !== TRUE;
}
