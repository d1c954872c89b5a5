// How much text all syncs of a process hold together. One alone is bounded (source-files.ts), but a small pack can hold
// gigabytes of text, and whoever may write a dozen of WebAppSources can have a dozen of them read at once.
import { RetryableError } from '../errors.ts';

/** Characters of all syncs; each takes a byte of memory, or two where any is beyond Latin-1. */
const MOST = 40 * 2 ** 20;
/** What one sync may hold however much others do: some thousand WebApps. */
const LITTLE = 4 * 2 ** 20;

/** What one sync holds; it is free again when it is disposed of. */
export interface HeldText extends Disposable {
  /** Begins anew: what was read before is held no more. */
  begin(): void;
  /** Counts characters that were read. Throws GitBusy where all hold too much, and this one is not among the small. */
  add(characters: number): void;
}

/** The room that all syncs share. */
export class TextRoom {
  readonly #syncs = new Set<{ characters: number }>();

  /** Returns the place of a sync, which holds nothing yet. */
  enter(): HeldText {
    const own = { characters: 0 };
    this.#syncs.add(own);
    return {
      begin: () => {
        own.characters = 0;
      },
      add: (characters) => {
        own.characters += characters;
        if (own.characters > LITTLE && this.#held() > MOST) throw busy();
      },
      [Symbol.dispose]: () => {
        this.#syncs.delete(own);
      },
    };
  }

  #held(): number {
    return [...this.#syncs].reduce((sum, { characters }) => sum + characters, 0);
  }
}

function busy(): RetryableError {
  const message =
    'more files are read at once than there is room for: those of this source are read again';
  return new RetryableError('GitBusy', message);
}
