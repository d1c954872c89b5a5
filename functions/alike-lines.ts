// Lines of the log that anybody can cause, as often as they like.
import { within } from './telemetry/scope.ts';

type Line = Readonly<Record<string, unknown>>;

/** How much is written. */
export interface LineBounds {
  /** Milliseconds between two lines of one kind. */
  readonly quietMs: number;
  /** Kinds at a time; all beyond are one kind, as some kinds are named by whoever causes them. */
  readonly kinds: number;
}

/**
 * Returns what takes lines by kind. The first of a kind is written at once; of those that come within `quietMs` the last, at
 * the end of that time, which begins anew then. `count` tells how many a line stands for, itself included. No process is kept
 * alive for what is still to be written.
 */
export function createAlikeLines(
  { quietMs, kinds }: LineBounds,
  write: (line: Line & { readonly count: number }) => void,
): (kind: string, line: Line) => void {
  /** What has come since the line before, by kind. */
  const since = new Map<string, { count: number; last: Line }>();
  const begin = (kind: string, last: Line, count: number) => {
    write({ ...last, count });
    since.set(kind, { count: 0, last });
    // A line that comes later is of no request, whichever it was that began the time.
    setTimeout(() => within(undefined, () => end(kind)), quietMs).unref();
  };
  const end = (kind: string) => {
    const { count = 0, last = {} } = since.get(kind) ?? {};
    since.delete(kind);
    if (count > 0) begin(kind, last, count);
  };
  return (wanted, line) => {
    const kind = since.has(wanted) || since.size < kinds ? wanted : '';
    const before = since.get(kind);
    if (before === undefined) return begin(kind, line, 1);
    before.count++;
    before.last = line;
  };
}
