// Whether new revisions are as good as the ones before them.

/** Visits that some revisions made, and how many of them failed. */
export interface Counts {
  readonly visits: number;
  readonly failed: number;
}

/** What a new revision may do. */
export interface Limits {
  /** Share of its visits that may fail, from 0 to 1. */
  readonly maxFailed: number;
  /** Visits below which nothing is said about it. */
  readonly minVisits: number;
}

/** `alike`: it fails too often, and so do the stable revisions at the same time, so something else may be the cause. */
export type Verdict = 'good' | 'worse' | 'alike' | 'few';

/** Returns how the canaries do beside the stable revisions over the same time. */
export function judge(canary: Counts, stable: Counts, { maxFailed, minVisits }: Limits): Verdict {
  if (canary.visits < minVisits) return 'few';
  if (shareOf(canary) <= maxFailed) return 'good';
  const isKnown = stable.visits >= minVisits;
  return isKnown && shareOf(canary) <= shareOf(stable) + maxFailed ? 'alike' : 'worse';
}

/** Returns the share of the visits that failed, from 0 to 1. */
export function shareOf({ visits, failed }: Counts): number {
  return visits === 0 ? 0 : failed / visits;
}
