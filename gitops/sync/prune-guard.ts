// Whether a sync may delete as much as it would. A wrong path or a bad merge looks like any other deletion; what tells
// them apart is how much goes at once.
import { PermanentError } from '../errors.ts';
import type { WebAppSource } from '../webapp.ts';

type PruneLimit = WebAppSource['spec']['pruneLimit'];

/** Names in a message; more would hide what to do. */
const TOLD_NAMES = 5;

/** Returns whether so many of `total` are more than may go at once: both more than the count and more than the share. */
export function isOverLimit({ count, percent }: PruneLimit, going: number, total: number): boolean {
  return going > count && going * 100 > percent * total;
}

/** Returns the error that holds the deletion of these WebApps out of `total`; undefined where the limit lets them go. */
export function prunesTooMany(
  limit: PruneLimit,
  names: readonly string[],
  total: number,
): PermanentError | undefined {
  return isOverLimit(limit, names.length, total)
    ? new PermanentError('PruneHeld', heldMessage(limit, names, total))
    : undefined;
}

function heldMessage(
  { count, percent }: PruneLimit,
  names: readonly string[],
  total: number,
): string {
  const told = names.toSorted().slice(0, TOLD_NAMES).join(', ');
  const more = names.length > TOLD_NAMES ? ` and ${names.length - TOLD_NAMES} more` : '';
  const limit = `spec.pruneLimit (count ${count}, percent ${percent})`;
  return `no file names ${names.length} of ${total} WebApps any more (${told}${more}), which ${limit} holds: none of them is deleted. Put the files back, or raise spec.pruneLimit; percent 100 lets all go`;
}
