/** What one repository, or all at once, may cost us. Who can push to it can otherwise end the process with a small pack. */
export interface GitLimits {
  /** Bytes of one HTTP answer: a pack, or the list of all branches. */
  readonly answerBytes: number;
  /** Bytes of the answers of all fetches under way, and of what is made of them until each has ended. */
  readonly allAnswersBytes: number;
  /** Objects in one pack: about 0.15 ms of CPU each. */
  readonly packObjects: number;
  /** Bytes of one object after inflating, and after applying its delta. */
  readonly objectBytes: number;
  /** Bytes of all objects of one pack, likewise. */
  readonly inflatedBytes: number;
  /** Bytes of a file that is read as text. */
  readonly fileBytes: number;
  /** Files and folders that differ, in one question. */
  readonly changes: number;
  /** Folders within folders. */
  readonly depth: number;
  /** Commits looked at to find out whether one descends from another. */
  readonly commits: number;
  /** Packs of one repository, of which each fetch brings one: an object is looked for in all of them. */
  readonly packs: number;
  /** Bytes of all repositories kept for the next fetch. */
  readonly cacheBytes: number;
}

/** What an object of a pack takes besides its bytes; measured. Its id is held by the pack's index and by us. */
export const BYTES_PER_OBJECT = 700;

const MiB = 2 ** 20;

/** The limits in production; tests use smaller ones. */
export const GIT_LIMITS: GitLimits = {
  answerBytes: 64 * MiB,
  allAnswersBytes: 96 * MiB,
  packObjects: 100_000,
  objectBytes: 32 * MiB,
  inflatedBytes: 1024 * MiB,
  fileBytes: 1 * MiB,
  changes: 20_000,
  depth: 32,
  commits: 5_000,
  packs: 200,
  cacheBytes: 64 * MiB,
};
