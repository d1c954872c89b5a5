// The time as the API server has it, by the Date header of its answers. Instances write into an object when its next attempt
// is due, and others read it: were each to go by a clock of its own, one that is ahead would try again at once, for ever.

/** A Date header has whole seconds: it was written up to so many milliseconds later than it says. */
const PRECISION_MS = 1_000;
/** What clocks that somebody sets right go apart before that is done. */
const DRIFT_MS = 100;

/** A clock that follows the API server's once that has answered. */
export class ServerClock {
  readonly #local: () => number;
  /** How far the server's clock can be ahead of ours, by all that was heard. */
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;
  #aheadMs = 0;

  constructor(local: () => number = Date.now) {
    this.#local = local;
  }

  /**
   * Takes in the Date header of an answer that has just come to what was sent at `sentAt`, milliseconds by our own clock;
   * what is no date is passed over.
   */
  hear(date: unknown, sentAt: number): void {
    const written = Date.parse(String(date));
    if (Number.isNaN(written)) return;
    this.#narrow(written - this.#local(), written + PRECISION_MS - sentAt);
    const nearest = Math.min(Math.max(this.#aheadMs, this.#least), this.#most);
    const isFar = Math.abs(nearest - this.#aheadMs) > DRIFT_MS;
    // A clock that may be right is left alone; one that drifts, or differs between several API servers, moves no further than
    // it has to.
    this.#aheadMs = isFar ? (this.#least + this.#most) / 2 : nearest;
  }

  /** Each answer leaves less room, soon less than a second's; one that fits none of it says that a clock was set anew. */
  #narrow(least: number, most: number): void {
    const isSetAnew = least > this.#most || most < this.#least;
    this.#least = isSetAnew ? least : Math.max(least, this.#least);
    this.#most = isSetAnew ? most : Math.min(most, this.#most);
  }

  /** Milliseconds since the epoch. */
  readonly now = (): number => this.#local() + this.#aheadMs;
}
