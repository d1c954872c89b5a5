import { choosePivot } from './pattern-sort-pivot.ts';
import {
  heapSort,
  insertionSort,
  partialInsertionSort,
  partition,
  partitionEqual,
  type Range,
  type Sortable,
  scatter,
} from './pattern-sort-steps.ts';

/**
 * Go's sort.Slice: a pattern-defeating quicksort. It is not stable, and an expression can see in which order it leaves
 * elements that are equal; that is why every decision here is Go's.
 *
 * @param precedes whether the first must come before the second
 */
export function sortLikeGo<T>(items: T[], precedes: (a: T, b: T) => boolean): void {
  const data: Sortable = {
    less: (i, j) => precedes(items[i] as T, items[j] as T),
    swap: (i, j) => {
      const item = items[i] as T;
      items[i] = items[j] as T;
      items[j] = item;
    },
  };
  const bitLength = 32 - Math.clz32(items.length);
  quickSort(data, { start: 0, end: items.length }, bitLength);
}

const MAX_INSERTION = 12;

/** @param limit number of badly chosen pivots after which heapsort takes over */
function quickSort(data: Sortable, whole: Range, limit: number): void {
  let range: Range | undefined = whole;
  let left = limit;
  let state: State = { balanced: true, partitioned: true };
  while (range && range.end - range.start > MAX_INSERTION && left > 0) {
    if (!state.balanced) {
      scatter(data, range);
      left--;
    }
    ({ range, state } = narrow(data, { range, state, limit: left }));
  }
  if (range) (range.end - range.start > MAX_INSERTION ? heapSort : insertionSort)(data, range);
}

/** How the last partitioning went. */
interface State {
  readonly balanced: boolean;
  readonly partitioned: boolean;
}

interface Unsorted {
  readonly range: Range;
  readonly state: State;
  readonly limit: number;
}

/** Sorts a part of the range; returns what is left of it, if anything. */
function narrow(
  data: Sortable,
  { range, state, limit }: Unsorted,
): { range: Range | undefined; state: State } {
  const pivot = choosePivot(data, range);
  const likelySorted = state.balanced && state.partitioned && pivot.increasing;
  if (likelySorted && partialInsertionSort(data, range)) return { range: undefined, state };
  if (range.start > 0 && !data.less(range.start - 1, pivot.at)) {
    // The pivot is no more than all before the range, so it is the least within it.
    const start = partitionEqual(data, range, pivot.at);
    return { range: { start, end: range.end }, state };
  }
  const halves = divide(data, range, pivot.at);
  quickSort(data, halves.shorter, limit);
  return { range: halves.longer, state: halves.state };
}

interface Halves {
  readonly shorter: Range;
  readonly longer: Range;
  readonly state: State;
}

function divide(data: Sortable, range: Range, pivot: number): Halves {
  const { start, end } = range;
  const { at, alreadyPartitioned } = partition(data, range, pivot);
  const below: Range = { start, end: at };
  const above: Range = { start: at + 1, end };
  const [shorter, longer] = at - start < end - at ? [below, above] : [above, below];
  const balanced = Math.min(at - start, end - at) >= Math.trunc((end - start) / 8);
  return { shorter, longer, state: { balanced, partitioned: alreadyPartitioned } };
}
