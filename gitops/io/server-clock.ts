// The time as the API server has it, by the Date header of its answers. Instances write into an object when its next attempt
// is due, and others read it: were each to go by a clock of its own, one that is ahead would try again at once, for ever.

/** A header has whole seconds, and is a while on its way: smaller differences are none. Milliseconds. */
const UNSURE_MS = 2_000;

/** A clock that follows the API server's once that has answered. */
export class ServerClock {
  readonly #local: () => number;
  #aheadMs = 0;

  constructor(local: () => number = Date.now) {
    this.#local = local;
  }

  /** Takes in the Date header of an answer that has just come; what is no date is passed over. */
  hear(date: unknown): void {
    const aheadMs = Date.parse(String(date)) - this.#local();
    // What is known is kept until it is clearly another, so that a difference at the edge does not come and go.
    if (Number.isNaN(aheadMs) || Math.abs(aheadMs - this.#aheadMs) < UNSURE_MS) return;
    this.#aheadMs = Math.abs(aheadMs) < UNSURE_MS ? 0 : aheadMs;
  }

  /** Milliseconds since the epoch. */
  readonly now = (): number => this.#local() + this.#aheadMs;
}
