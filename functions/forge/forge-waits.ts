// A forge that asks to wait is not asked before, whichever pull request or source it is about: it counts what comes from one
// account, and takes its access from whoever goes on asking.
import { LRUCache } from 'lru-cache';

const MAX_ACCOUNTS = 1_000;
/** No forge asks for longer; what says so is mistaken. */
const LONGEST_MS = 60 * 60_000;

/** Until when each account of each forge has to wait, as far as this process was told. */
export class ForgeWaits {
  /** In milliseconds since the epoch: a function may be frozen meanwhile. */
  readonly #until = new LRUCache<string, number>({ max: MAX_ACCOUNTS });

  /** Notes that a forge has asked an account to wait so many milliseconds. */
  note(account: string, ms: number): void {
    const until = Date.now() + Math.min(ms, LONGEST_MS);
    this.#until.set(account, Math.max(until, this.#until.get(account) ?? 0));
  }

  /** Returns the forge's answer for as long as there is no use in asking; undefined once there is. */
  answer(account: string): Response | undefined {
    const leftMs = (this.#until.get(account) ?? 0) - Date.now();
    // Longer than what was noted: the clock was set back.
    if (leftMs <= 0 || leftMs > LONGEST_MS) return undefined;
    const headers = { 'retry-after': String(Math.ceil(leftMs / 1_000)) };
    const message = 'it has asked to wait, and is not asked before';
    return Response.json({ message }, { status: 429, headers });
  }
}
