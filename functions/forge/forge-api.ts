// What a review needs of a forge. Webhooks are hints; everything here is asked of the forge itself.
import type { Reach } from '../../gitops/io/reach.ts';
import type { ForgeWaits } from './forge-waits.ts';

/** A pull request (on GitLab: merge request) as the forge has it now. */
export interface PullRequest {
  readonly number: number;
  readonly state: 'open' | 'merged' | 'closed';
  /** Commit at its head, 40 hex digits. */
  readonly headSha: string;
  readonly baseBranch: string;
  /** Where it left the base branch, where the forge tells. */
  readonly mergeBase?: string;
  /** The commit on the base branch that holds it, once merged. */
  readonly mergedAs?: string;
  /** When it was merged, in milliseconds since the epoch. */
  readonly mergedAtMs?: number;
  /** Ref under which a status of its head is filed, where the forge files them so. */
  readonly statusRef?: string;
}

/** The commit that a status is about. */
export type Head = Pick<PullRequest, 'headSha' | 'statusRef'>;

/** The one comment of this product on a pull request. */
export interface Comment {
  readonly id: number;
  readonly body: string;
}

/**
 * Name, colour and sentence beside a commit. `pending` says that a verdict is on its way; where the status is required,
 * nothing is merged meanwhile.
 */
export interface Status {
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  /** One sentence on one line, of at most 140 characters. */
  readonly description: string;
}

/** A remark on one line of the head. */
export interface LineNote {
  readonly path: string;
  readonly line: number;
  readonly column?: { readonly start: number; readonly end: number };
  readonly level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** Says the same thing again where it is equal; 64 hex digits. */
  readonly fingerprint: string;
}

/**
 * A forge's API for one repository. Every call ends with the signal it was made with, respects the forge's limits, and
 * fails with ForgeError.
 */
export interface ForgeApi {
  pullRequest(number: number): Promise<PullRequest>;
  /** Open ones against a branch, at most 100 (Gitea: 50), the newest first. */
  openPullRequests(branch: string): Promise<PullRequest[]>;
  /** Those of the branch that were merged since a time (milliseconds since the epoch), at most 50. */
  mergedPullRequests(branch: string, sinceMs: number): Promise<PullRequest[]>;
  /** The comments by this very account that begin with the marker, the oldest first. There should be one at most. */
  ownComments(number: number, marker: string): Promise<Comment[]>;
  createComment(number: number, body: string): Promise<Comment>;
  editComment(number: number, id: number, body: string): Promise<void>;
  /** One that is gone already is no error. */
  deleteComment(number: number, id: number): Promise<void>;
  /** Replaces what was said of this commit before; also asked for where it says the same again. */
  setStatus(head: Head, status: Status): Promise<void>;
  /** The status of this commit under our name. */
  status(sha: string): Promise<Status | undefined>;
  /**
   * Puts notes on lines of the commit, as many as the forge takes well; one that is there already, by its
   * fingerprint, is not said twice, and one on a line that the forge shows no diff of is left out.
   */
  note(pullRequest: PullRequest, notes: readonly LineNote[]): Promise<void>;
}

/** Who asks: an access token, or an installation of a GitHub App, which gets its tokens by its key. */
export type ForgeCredentials =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'app';
      readonly appId: string;
      readonly installationId: string;
      /** PEM. */
      readonly privateKey: string;
    };

/** Where a repository is and who asks. */
export interface ForgeAccess {
  /** Clone URL; the API's address and the repository's name are told from it. */
  readonly url: string;
  readonly credentials: ForgeCredentials;
  /** The name under which verdicts stand beside a commit, for branch protection. */
  readonly statusName: string;
  /** Address of the API where it is not the forge's usual place. */
  readonly apiUrl?: string;
  readonly signal: AbortSignal;
  readonly reach: Reach;
  readonly waits: ForgeWaits;
}

/** Returns origin, owner (with subgroups) and name of a repository from its clone URL. */
export function placeOf(url: string): { origin: string; owner: string; name: string } {
  const { origin, pathname } = new URL(url);
  const parts = pathname
    .replace(/\.git$/, '')
    .split('/')
    .filter((part) => part !== '');
  const name = parts.pop() ?? '';
  return { origin, owner: parts.join('/'), name };
}

/** The hidden text that a note is known by. */
export function noteMarker(fingerprint: string): string {
  return `<!-- webapp-note ${fingerprint.slice(0, 16)} -->`;
}
