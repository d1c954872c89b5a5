// How much all Git servers together may have us hold. Each alone is bounded by `answerBytes`, but whoever may write a dozen
// WebAppSources can have a dozen servers send as much at once, and hang then.
import { RetryableError } from '../errors.ts';

/** What one fetch holds; it is free again when it is disposed of. */
export interface Held extends Disposable {
  /** Begins with an answer; of earlier ones nothing is held but what was made of them. `giveUp` ends it where all hold too much. */
  begin(giveUp: (error: RetryableError) => void): void;
  /** Counts bytes that have come of it. */
  add(bytes: number): void;
  /** Says that all has come: what is at work on it can no longer be given up. */
  keep(): void;
  /** Counts what is made of it, in bytes. Throws GitBusy where others leave no room. */
  grow(bytes: number): void;
}

interface Fetch {
  /** Of the answer that comes. */
  bytes: number;
  /** Of what was made of answers before. */
  made: number;
  giveUp: ((error: RetryableError) => void) | undefined;
}

/**
 * A share of the room. Who holds no more goes on whatever others hold, or a large repository that is at work would keep all
 * from theirs; and others that hold no more are no reason to have the largest repository wait for ever.
 */
const LITTLE = 1 / 16;

/** The room that all fetches share. */
export class Room {
  readonly #most: number;
  readonly #fetches = new Set<Fetch>();

  /** `most` is in bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Returns the place of a fetch, which holds nothing yet. */
  enter(): Held {
    const fetch: Fetch = { bytes: 0, made: 0, giveUp: undefined };
    this.#fetches.add(fetch);
    return {
      begin: (giveUp) => {
        Object.assign(fetch, { bytes: 0, giveUp });
      },
      add: (bytes) => {
        fetch.bytes += bytes;
        this.#makeRoom();
      },
      keep: () => {
        fetch.giveUp = undefined;
      },
      grow: (bytes) => {
        fetch.made += bytes;
        this.#makeRoom();
        const all = this.#held();
        const others = all - heldBy(fetch);
        if (all > this.#most && this.#isMuch(all - others) && this.#isMuch(others)) throw busy();
      },
      [Symbol.dispose]: () => {
        this.#fetches.delete(fetch);
      },
    };
  }

  #isMuch(bytes: number): boolean {
    return bytes > this.#most * LITTLE;
  }

  #held(): number {
    return [...this.#fetches].reduce((sum, fetch) => sum + heldBy(fetch), 0);
  }

  /** The largest goes, so that nobody who takes all there is keeps the others from their little. */
  #makeRoom(): void {
    const all = this.#held();
    if (all <= this.#most) return;
    const [largest] = [...this.#fetches]
      .filter((fetch) => fetch.giveUp && this.#isMuch(heldBy(fetch)))
      .sort((a, b) => heldBy(b) - heldBy(a));
    if (largest === undefined || !this.#isMuch(all - heldBy(largest))) return;
    const { giveUp } = largest;
    Object.assign(largest, { bytes: 0, made: 0, giveUp: undefined });
    giveUp?.(busy());
  }
}

function heldBy({ bytes, made }: Fetch): number {
  return bytes + made;
}

function busy(): RetryableError {
  const message =
    'more is read from Git servers at once than there is room for: this one is asked again';
  return new RetryableError('GitBusy', message);
}
