/** A count of failures as an annotation told it. */
export interface Counted {
  readonly failures: number;
  /** The commit that failed, where it was known. */
  readonly revision: string | undefined;
  /** The request that asked for the attempt, where there was one. */
  readonly request: string | undefined;
}

/** Returns the only right count after `before`, of the same object and spec: another commit or request begins again. */
export function rightCount(
  before: Counted | undefined,
  { revision, request }: Omit<Counted, 'failures'>,
): number {
  if (before === undefined || before.request !== request) return 1;
  return [undefined, revision].includes(before.revision) ? before.failures + 1 : 1;
}
