// The order in which Go's sort.Slice leaves elements; those of lists that are sorted by equal keys are in lists.json.
import test from 'ava';
import { sortLikeGo } from '../../../policies/cel/lib/lists/pattern-sort.ts';
import { heapSort, type Sortable } from '../../../policies/cel/lib/lists/pattern-sort-steps.ts';

const ascending = (a: number, b: number): number => a - b;

/** Lists of each size, in disorder and with more equal elements the smaller the modulus is. */
const lists = [0, 1, 2, 12, 13, 49, 50, 100, 400].flatMap((size) =>
  [2, 7, 101, 1009].map((modulus) =>
    Array.from({ length: size }, (_, i) => (i * i * 7919 + i) % modulus),
  ),
);

test('sorts', (t) => {
  for (const items of lists) {
    const sorted = [...items];
    sortLikeGo(sorted, (a, b) => a < b);
    t.deepEqual(sorted, items.toSorted(ascending));
  }
});

test('sorts a range by heap, which takes over when pivots are bad again and again', (t) => {
  for (const items of lists) {
    const sorted = [5, ...items, -5];
    const data: Sortable = {
      less: (i, j) => (sorted[i] as number) < (sorted[j] as number),
      swap: (i, j) => {
        [sorted[i], sorted[j]] = [sorted[j] as number, sorted[i] as number];
      },
    };
    heapSort(data, { start: 1, end: sorted.length - 1 });
    t.deepEqual(sorted, [5, ...items.toSorted(ascending), -5]);
  }
});

/** Decides how elements compare only when it is asked, so that each pivot turns out to be a bad one. */
class Adversary {
  comparisons = 0;
  readonly #undecided: number;
  readonly #ranks: number[];
  #candidate = 0;
  #next = 0;

  constructor(size: number) {
    this.#undecided = size - 1;
    this.#ranks = new Array(size).fill(this.#undecided);
  }

  readonly precedes = (a: number, b: number): boolean => {
    this.comparisons++;
    if (this.#isOpen(a) && this.#isOpen(b)) {
      this.#ranks[a === this.#candidate ? a : b] = this.#next++;
    }
    if (this.#isOpen(a)) this.#candidate = a;
    else if (this.#isOpen(b)) this.#candidate = b;
    return (this.#ranks[a] as number) < (this.#ranks[b] as number);
  };

  #isOpen(element: number): boolean {
    return this.#ranks[element] === this.#undecided;
  }
}

/** Half-open ranges of elements in the order in which Go leaves 100 of them. */
const RUNS = [
  [24, 26],
  [49, 51],
  [74, 76],
  [0, 24],
  [26, 49],
  [51, 74],
  [76, 77],
  [82, 83],
  [87, 88],
  [77, 81],
  [84, 85],
  [89, 90],
  [83, 84],
  [91, 92],
  [81, 82],
  [93, 94],
  [88, 89],
  [86, 87],
  [85, 86],
  [92, 93],
  [90, 91],
  [94, 100],
] as const;

test('asks and moves as Go does, also against an adversary', (t) => {
  const items = Array.from({ length: 100 }, (_, i) => i);
  const adversary = new Adversary(items.length);
  sortLikeGo(items, adversary.precedes);
  const want = RUNS.flatMap(([start, end]) =>
    Array.from({ length: end - start }, (_, i) => start + i),
  );
  t.deepEqual(items, want);
  t.is(adversary.comparisons, 941);
});
