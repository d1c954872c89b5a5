// Differences that are known and harmless: our verdict is never softer than the API server's.

/** What each side said of one expression: `true`, or why not. */
export interface Pair {
  readonly expression: string;
  readonly ours: string;
  readonly theirs: string;
}

interface Explanation {
  readonly reason: string;
  readonly fits: (pair: Pair) => boolean;
}

const failing = (said: string) => said !== 'true';

const EXPLANATIONS: readonly Explanation[] = [
  {
    reason: 'it needs what only the API server knows, and we say so',
    fits: ({ ours }) => ours.startsWith('cannot judge'),
  },
  {
    reason: 'the API server panics and answers with an internal error; both deny',
    fits: ({ ours, theirs }) => /internal error|panic/.test(theirs) && failing(ours),
  },
  {
    reason: 'both deny, with other words of the error',
    fits: ({ ours, theirs }) => /resulted in error/.test(ours) && /resulted in error/.test(theirs),
  },
  {
    reason: 'both refuse to load it, or we alone',
    fits: ({ ours }) => ours.startsWith('refused'),
  },
];

/** Returns why a difference is none to worry about, or undefined. */
export function explanationOf(pair: Pair): string | undefined {
  return EXPLANATIONS.find(({ fits }) => fits(pair))?.reason;
}

/** Whether we would let pass what the API server denies. */
export function isUnsafe({ ours, theirs }: Pair): boolean {
  return ours === 'true' && theirs !== 'true';
}
