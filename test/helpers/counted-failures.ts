/** A count of failures as an annotation told it. */
export interface Counted {
  readonly failures: number;
  /** The commit that failed, where it was known. */
  readonly revision: string | undefined;
}

/** Returns the only right count after `before`, of the same object and spec: another commit begins again. */
export function rightCount(before: Counted | undefined, revision: string | undefined): number {
  return before && [undefined, revision].includes(before.revision) ? before.failures + 1 : 1;
}
