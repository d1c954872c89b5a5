// Who reviews together. Anybody may make a WebAppSource with the address of a repository, so that an address proves
// nothing: only sources that show a forge the same credentials share a comment and a verdict, and each group is told by
// its own forge. What one namespace's source says never reaches another one's forge.
import { messageOf } from '../../gitops/errors.ts';
import type { Within } from '../forge/webhooks.ts';
import {
  type ReviewedSource,
  type ReviewSurroundings,
  reached,
  reviewedSources,
} from './sources.ts';

/** Sources of one repository with equal authority, in the order of their names. */
export interface ReviewGroup {
  readonly sources: readonly [ReviewedSource, ...ReviewedSource[]];
  /** Why a source of the same namespaces has no part in it: a verdict without it would be none. */
  readonly failure?: unknown;
}

interface Failed {
  readonly namespace: string | undefined;
  readonly error: unknown;
}

/**
 * Returns the groups of a repository, or those that have a source in one namespace: they are whole, as their sources share
 * one verdict. A source that fails spoils its own namespace; throws where all fail.
 */
export async function reviewGroups(
  urls: readonly string[],
  world: ReviewSurroundings,
  { namespace }: Within = {},
): Promise<ReviewGroup[]> {
  const failed: Failed[] = [];
  const isIn = (one: string | undefined) => namespace === undefined || one === namespace;
  const sources = await reviewedSources(urls, world);
  // Whoever speaks for a namespace that has no source of it is told nothing of those of others.
  if (!sources.some(({ metadata }) => isIn(metadata.namespace))) return [];
  const tried = sources.map(async (source) => {
    try {
      return [await reached(source, world)];
    } catch (error) {
      const { namespace, name } = source.metadata;
      failed.push({ namespace, error });
      const fields = { namespace, name, error: messageOf(error) };
      world.context.log.warn(fields, 'Source cannot take part in reviews');
      return [];
    }
  });
  const groups = grouped((await Promise.all(tried)).flat(), failed);
  const own = failed.find((one) => isIn(one.namespace));
  if (groups.length === 0 && own) throw own.error;
  return groups.filter((group) =>
    group.sources.some(({ source: { metadata } }) => isIn(metadata.namespace)),
  );
}

function grouped(sources: readonly ReviewedSource[], failed: readonly Failed[]): ReviewGroup[] {
  const byAuthority = Map.groupBy(sources, ({ authority }) => authority);
  return [...byAuthority.values()].flatMap((of) => {
    const own = new Set(of.map(({ source }) => source.metadata.namespace));
    const lost = failed.find(({ namespace }) => own.has(namespace));
    return groupOf({ sources: of, ...(lost && { failure: lost.error }) });
  });
}

interface Members {
  readonly sources: readonly ReviewedSource[];
  readonly failure?: unknown;
}

/** Returns the part of a group that follows a branch, if any. */
export function onBranch({ sources, ...rest }: ReviewGroup, branch: string): ReviewGroup[] {
  return groupOf({
    ...rest,
    sources: sources.filter(({ source }) => source.spec.branch === branch),
  });
}

function groupOf({ sources: [first, ...more], ...rest }: Members): ReviewGroup[] {
  return first === undefined ? [] : [{ ...rest, sources: [first, ...more] }];
}
