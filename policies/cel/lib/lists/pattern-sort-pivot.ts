import { type Range, reverse, type Sortable } from './pattern-sort-steps.ts';

export interface Pivot {
  readonly at: number;
  /** Whether the samples that it was chosen from were in order. */
  readonly increasing: boolean;
}

const SHORTEST_NINTHER = 50;
/** As many as the median of three medians of three can have. */
const MAX_SWAPS = 12;

/** Chooses the median of three elements, or of three such medians. A range that seems to be descending is turned round. */
export function choosePivot(data: Sortable, range: Range): Pivot {
  const { start, end } = range;
  const quarter = Math.trunc((end - start) / 4);
  const samples = new Samples(data);
  let places: Three = [start + quarter, start + quarter * 2, start + quarter * 3];
  if (end - start >= SHORTEST_NINTHER) {
    const [first, second, third] = places;
    places = [
      samples.medianAround(first),
      samples.medianAround(second),
      samples.medianAround(third),
    ];
  }
  const at = samples.median(places);
  if (samples.swaps < MAX_SWAPS) return { at, increasing: samples.swaps === 0 };
  reverse(data, range);
  return { at: end - 1 - (at - start), increasing: true };
}

type Three = readonly [number, number, number];

/** Orders positions by what is there, and counts how often they were not in order. */
class Samples {
  swaps = 0;
  readonly #data: Sortable;

  constructor(data: Sortable) {
    this.#data = data;
  }

  medianAround(at: number): number {
    return this.median([at - 1, at, at + 1]);
  }

  median([a, b, c]: Three): number {
    const [low, middle] = this.#order(a, b);
    const [second] = this.#order(middle, c);
    const [, median] = this.#order(low, second);
    return median;
  }

  #order(a: number, b: number): readonly [number, number] {
    if (!this.#data.less(b, a)) return [a, b];
    this.swaps++;
    return [b, a];
  }
}
