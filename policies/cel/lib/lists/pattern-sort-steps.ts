/** Elements that are known by their positions only. */
export interface Sortable {
  less(i: number, j: number): boolean;
  swap(i: number, j: number): void;
}

/** Half-open range of positions. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export function insertionSort(data: Sortable, { start, end }: Range): void {
  for (let i = start + 1; i < end; i++) sinkLeft(data, i, start);
}

/** Moves an element to the left past all that it precedes, at most to `first`. */
function sinkLeft(data: Sortable, from: number, first: number): void {
  for (let i = from; i > first && data.less(i, i - 1); i--) data.swap(i, i - 1);
}

export function heapSort(data: Sortable, { start, end }: Range): void {
  const size = end - start;
  for (let root = Math.trunc((size - 1) / 2); root >= 0; root--) {
    siftDown(data, start, { start: root, end: size });
  }
  for (let last = size - 1; last >= 0; last--) {
    data.swap(start, start + last);
    siftDown(data, start, { start: 0, end: last });
  }
}

/** @param heap the root and the size of the heap, counted from `first` */
function siftDown(data: Sortable, first: number, heap: Range): void {
  let root = heap.start;
  for (let child = 2 * root + 1; child < heap.end; child = 2 * root + 1) {
    if (child + 1 < heap.end && data.less(first + child, first + child + 1)) child++;
    if (!data.less(first + root, first + child)) return;
    data.swap(first + root, first + child);
    root = child;
  }
}

export interface Partition {
  /** Where the pivot ended up: before it are smaller elements only, and after it none. */
  readonly at: number;
  readonly alreadyPartitioned: boolean;
}

export function partition(data: Sortable, range: Range, pivot: number): Partition {
  const { start, end } = range;
  data.swap(start, pivot);
  const isLess = (i: number): boolean => data.less(i, start);
  const { at, swaps } = separate(data, { start: start + 1, end }, isLess);
  data.swap(at - 1, start);
  return { at: at - 1, alreadyPartitioned: swaps === 0 };
}

/** Puts the elements that equal the pivot first, where none is smaller, and returns the position after them. */
export function partitionEqual(data: Sortable, range: Range, pivot: number): number {
  const { start, end } = range;
  data.swap(start, pivot);
  const isEqual = (i: number): boolean => !data.less(start, i);
  return separate(data, { start: start + 1, end }, isEqual).at;
}

/** Moves the elements of which a test is true to the left, and returns the position after them. */
function separate(
  data: Sortable,
  { start, end }: Range,
  belongsLeft: (i: number) => boolean,
): { readonly at: number; readonly swaps: number } {
  let left = start;
  let right = end - 1;
  for (let swaps = 0; ; swaps++) {
    while (left <= right && belongsLeft(left)) left++;
    while (left <= right && !belongsLeft(right)) right--;
    if (left > right) return { at: left, swaps };
    data.swap(left++, right--);
  }
}

const MAX_STEPS = 5;
const SHORTEST_SHIFTING = 50;

/** Sorts a range that needs a few shifts at most; returns whether it did. */
export function partialInsertionSort(data: Sortable, range: Range): boolean {
  const { start, end } = range;
  let i = start + 1;
  for (let step = 0; step < MAX_STEPS; step++) {
    while (i < end && !data.less(i, i - 1)) i++;
    if (i === end) return true;
    if (end - start < SHORTEST_SHIFTING) return false;
    shift(data, i, range);
  }
  return false;
}

/** Swaps two neighbours, and moves the smaller one on to the left and the greater one to the right. */
function shift(data: Sortable, at: number, { start, end }: Range): void {
  data.swap(at, at - 1);
  // To the very first element, not only to the first of the range: so does Go.
  if (at - start >= 2) sinkLeft(data, at - 1, 0);
  if (end - at >= 2) sinkRight(data, at + 1, end);
}

function sinkRight(data: Sortable, from: number, end: number): void {
  for (let i = from; i < end && data.less(i, i - 1); i++) data.swap(i, i - 1);
}

export function reverse(data: Sortable, { start, end }: Range): void {
  for (let i = start, j = end - 1; i < j; i++, j--) data.swap(i, j);
}

const MASK = 2n ** 64n - 1n;

function nextRandom(seed: bigint): bigint {
  let next = seed ^ ((seed << 13n) & MASK);
  next ^= next >> 7n;
  return next ^ ((next << 17n) & MASK);
}

/** Swaps three elements in the middle with others, to break a pattern that led to bad pivots. */
export function scatter(data: Sortable, { start, end }: Range): void {
  const size = end - start;
  const middle = start + Math.trunc(size / 4) * 2;
  const modulus = 1n << BigInt(32 - Math.clz32(size));
  let random = BigInt(size);
  for (let i = middle - 1; i <= middle + 1; i++) {
    random = nextRandom(random);
    const other = Number(random & (modulus - 1n));
    data.swap(i, start + (other < size ? other : other - size));
  }
}
