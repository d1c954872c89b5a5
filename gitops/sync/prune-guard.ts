// Whether a sync may delete as much as it would. A wrong path or a bad merge looks like any other deletion; what tells
// them apart is how much goes at once.
import { PermanentError } from '../errors.ts';
import type { WebAppSource } from '../webapp.ts';

type PruneLimit = WebAppSource['spec']['pruneLimit'];

/** Names in a message; more would hide what to do. */
const TOLD_NAMES = 5;

/** How many WebApps a source has made, and how many of them its files still name. */
export interface Extent {
  readonly total: number;
  readonly wanted: number;
}

/**
 * Returns whether more would go than may go at once: more than the count that are also more than the share, or all that the
 * source has, however few. A share of 100 percent lets everything go.
 */
export function isOverLimit(
  { count, percent }: PruneLimit,
  { going, total, wanted }: Extent & { readonly going: number },
): boolean {
  if (going === 0 || percent === 100) return false;
  return wanted === 0 || (going > count && going * 100 > percent * total);
}

/** Returns the error that holds the deletion of these WebApps out of `total`; undefined where the limit lets them go. */
export function prunesTooMany(
  limit: PruneLimit,
  names: readonly string[],
  extent: Extent,
): PermanentError | undefined {
  return isOverLimit(limit, { ...extent, going: names.length })
    ? new PermanentError('PruneHeld', heldMessage(limit, names, extent))
    : undefined;
}

function heldMessage(
  { count, percent }: PruneLimit,
  names: readonly string[],
  { total, wanted }: Extent,
): string {
  const told = names.toSorted().slice(0, TOLD_NAMES).join(', ');
  const more = names.length > TOLD_NAMES ? ` and ${names.length - TOLD_NAMES} more` : '';
  const limit = `spec.pruneLimit (count ${count}, percent ${percent})`;
  if (wanted === 0)
    return `no file names a WebApp any more, which ${limit} holds: none is deleted (${told}${more}). Put the files back, or let all go by spec.pruneLimit.percent 100`;
  return `no file names ${names.length} of ${total} WebApps any more (${told}${more}), which ${limit} holds: none of them is deleted. Put the files back, or raise spec.pruneLimit; percent 100 lets all go`;
}
