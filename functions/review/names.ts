// Under which names a group of sources speaks on a pull request. They tell nothing of other groups, so that nobody who
// makes one more source takes another's name, nor has a branch wait for a name that is set no more.
import type { WebAppSource } from '../../gitops/webapp.ts';

type Named = Pick<WebAppSource, 'metadata'>;

/** Returns the name of a source's verdict beside a commit, for branch protection. */
export function statusNameOf({ metadata: { namespace = '', name } }: Named): string {
  return `webapp / policy (${namespace}/${name})`;
}

/** How every comment of a review begins. */
export const MARKER_BEGIN = '<!-- webapp-review ';

/** Returns the first line of a source's comment; with its author that is how the comment is found again. */
export function markerOf({ metadata: { namespace = '', name } }: Named): string {
  return `${MARKER_BEGIN}${[namespace, name].map(encodeURIComponent).join('/')} -->`;
}
