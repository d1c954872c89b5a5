import { PermanentError } from './errors.ts';

/** Where a branch is and who asks. `signal` ends the work at any point, also while it waits in a queue. */
export interface BranchRequest {
  /** http or https, without user name or password in it. */
  readonly url: string;
  /** Short name (`main`), without `refs/heads/`. */
  readonly branch: string;
  readonly credentials?: Credentials;
  readonly signal: AbortSignal;
}

/** One commit as it is, without what changed: the head of a branch, a ref of the forge, or a commit by its id. */
export interface TreeRequest extends BranchRequest {
  /** Number of a pull or merge request whose head is read instead of the branch. */
  readonly pullRequest?: { readonly number: number; readonly namespace: 'pull' | 'merge-requests' };
  /** Commit (40 hex digits) that is read instead; the branch tells the server apart from none. */
  readonly commit?: string;
}

/** Sent as HTTP basic authentication to the origin of the repository's URL and to no other. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A branch, and the commit (40 hex digits) that was applied last: changes are told against it. */
export interface FetchRequest extends BranchRequest {
  readonly since?: string;
  /** The commit (40 hex digits) that a sync tried to apply last: whether the branch was set back is told against it. */
  readonly tried?: string;
  /** Who must have signed; nothing is read of a branch that is not. */
  readonly signers?: Signers;
}

/** Whose signature a branch needs. */
export interface Signers {
  /** The head alone, or with it every commit that `since` does not have. */
  readonly mode: 'head' | 'history';
  /** The commit that was found good last. */
  readonly since?: string;
  /** Public keys as lines of authorized_keys. */
  readonly sshKeys?: readonly string[];
  /** Armored public keys of OpenPGP. */
  readonly pgpKeys?: readonly string[];
}

/**
 * How the head of the branch relates to `since`: there was no `since`; it is `since`; it descends from it
 * (a merge's every parent counts); or it does not, or could not be shown to within the limits.
 */
export type History = 'first' | 'same' | 'forward' | 'rewritten';

/** A regular file that differs. Blob ids of its content; an absent one means: no such file on that side. */
export interface ChangedFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/** A regular file of one commit. */
export interface TreeFile {
  readonly path: string;
  readonly blob: string;
}

/** One commit, wholly in memory: no method needs the network. */
export interface Snapshot {
  /** Head of the branch when it was fetched, 40 hex digits. */
  readonly commit: string;
  readonly history: History;
  /** Whether it is an ancestor of the commit that was tried last, or the server knows that one no more. */
  readonly setBack?: boolean;
  /** Whose key signed the head, where a signature was asked for. */
  readonly signer?: string;
  /**
   * The files below `path` (`''` is the root) that differ between `since` and `commit`, by path. With
   * history `first` and `rewritten` every file counts as added. Symlinks, submodules and names that no
   * file should have are left out. Fails when the files or folders are too many or too deep.
   */
  changedFiles(path: string): Promise<ChangedFile[]>;
  /** Every regular file below `path` at `commit`, or the file itself, whatever the history; within the same limits. */
  files(path: string): Promise<TreeFile[]>;
  /** Whether there is a folder or a regular file of that path at `commit`. */
  hasPath(path: string): Promise<boolean>;
  /** Content of a blob; of a file in Git LFS, that is its pointer. Fails permanently when it is too large or not UTF-8: a blob never changes. */
  readText(blob: string): Promise<string>;
}

/** The head of a branch has not the signatures that it needs, and is set back as `Snapshot.setBack` says. */
export class SetBackNotVerified extends PermanentError {
  /** 40 hex digits. */
  readonly commit: string;

  constructor(commit: string, cause: PermanentError) {
    super(cause.reason, cause.message, { cause });
    this.commit = commit;
  }
}

/** Git repositories elsewhere, read and never written. Every error is retryable unless marked permanent. */
export interface Repositories {
  /**
   * Brings the head of a branch into memory, and what is needed to tell its changes from `since`. Fails permanently with
   * SourceNotVerified where a signature is missing, as SetBackNotVerified where that may be a replica that is behind.
   */
  fetch(request: FetchRequest): Promise<Snapshot>;
  /** Brings one commit into memory; its history is `first`, so that every file counts as added. */
  tree(request: TreeRequest): Promise<Snapshot>;
  /** Commit at the head of a branch, 40 hex digits. Costs two small requests and downloads nothing. */
  head(request: BranchRequest): Promise<string>;
}
