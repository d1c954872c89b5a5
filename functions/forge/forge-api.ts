// What a review needs of a forge. Webhooks are hints; everything here is asked of the forge itself.

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
}

/** The one comment of this product on a pull request. */
export interface Comment {
  readonly id: number;
  readonly body: string;
}

/** Name, colour and sentence beside a commit. `pending` blocks nothing and says that a verdict is on its way. */
export interface Status {
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  /** One sentence; at most 140 characters are kept. */
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

/** Which pull request. */
export interface PullRequestKey {
  readonly number: number;
}

/**
 * A forge's API for one repository. Every call ends with the signal it was made with, respects the forge's limits, and
 * fails with ForgeError.
 */
export interface ForgeApi {
  pullRequest(number: number): Promise<PullRequest>;
  /** Open ones against a branch, at most 100, the newest first. */
  openPullRequests(branch: string): Promise<PullRequest[]>;
  /** The oldest comment by this very account that begins with the marker. */
  ownComment(number: number, marker: string): Promise<Comment | undefined>;
  createComment(number: number, body: string): Promise<Comment>;
  editComment(number: number, id: number, body: string): Promise<void>;
  /** Replaces what was said of this commit before; also asked for where it says the same again. */
  setStatus(sha: string, status: Status): Promise<void>;
  /** The status of this commit under our name. */
  status(sha: string): Promise<Status | undefined>;
  /** Puts notes on lines of the commit; one that is there already, by its fingerprint, is not said twice. */
  note(pullRequest: PullRequest, notes: readonly LineNote[]): Promise<void>;
}

/** The name under which verdicts stand beside a commit, for branch protection. */
export const STATUS_NAME = 'webapp / policy';

/** Where a repository is and who asks. */
export interface ForgeAccess {
  /** Clone URL; the API's address and the repository's name are told from it. */
  readonly url: string;
  readonly token: string;
  /** Address of the API where it is not the forge's usual place. */
  readonly apiUrl?: string;
  readonly signal: AbortSignal;
}

/** The forge did not do what it was asked. `status` is that of HTTP; 0 where there was no answer. */
export class ForgeError extends Error {
  readonly status: number;
  constructor(message: string, { status, cause }: { status: number; cause: unknown }) {
    super(message, { cause });
    this.name = 'ForgeError';
    this.status = status;
  }
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
