import { setTimeout as sleep } from 'node:timers/promises';
import { waitOf } from '../../gitops/backoff.ts';

/** How deliveries are paced; times in milliseconds. */
export interface Pace {
  /** Keys that are delivered at once. */
  readonly parallel: number;
  /** Least time between two rounds of one key: items that come in between become one. */
  readonly spacingMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** No receiver can put off a retry for longer. */
  readonly longestAskedMs: number;
}

/** What became of one delivery: taken, refused for good, or to be tried again, not before the receiver wants it. */
export type DeliveryResult =
  | { readonly kind: 'done' | 'refused' }
  | { readonly kind: 'again'; readonly afterMs: number };

/**
 * Delivers items until each has been taken, in rounds by key. A key's items, told apart by their slot, go out
 * one after the other, never two at once; as long as an item waits, a newer one of its slot takes its place.
 */
export class DeliveryQueue<T> {
  readonly #deliver: (item: T) => Promise<DeliveryResult>;
  readonly #pace: Pace;
  readonly #signal: AbortSignal;
  /** The newest item of each key and slot that is still to be delivered. */
  readonly #waiting = new Map<string, Map<string, T>>();
  /** Rounds of a key that failed in a row. */
  readonly #failures = new Map<string, number>();
  /** Keys that are ready, under way or resting. */
  readonly #active = new Set<string>();
  /** Keys that are ready for a worker, in order of arrival. */
  readonly #ready: string[] = [];
  #working = 0;

  constructor(deliver: (item: T) => Promise<DeliveryResult>, pace: Pace, signal: AbortSignal) {
    this.#deliver = deliver;
    this.#pace = pace;
    this.#signal = signal;
  }

  /** Adds an item; an older one of its key and slot that was not delivered yet is forgotten. */
  add(key: string, slot: string, item: T): void {
    const slots = this.#waiting.get(key) ?? new Map<string, T>();
    this.#waiting.set(key, slots.set(slot, item));
    this.#enqueue(key);
  }

  #enqueue(key: string): void {
    if (this.#active.has(key)) return;
    this.#active.add(key);
    this.#ready.push(key);
    this.#next();
  }

  #next(): void {
    while (this.#working < this.#pace.parallel && !this.#signal.aborted) {
      const key = this.#ready.shift();
      if (key === undefined) return;
      this.#working++;
      void this.#round(key);
    }
  }

  /** Between rounds a key rests without holding a worker's place, so that one nobody takes holds up no other. */
  async #round(key: string): Promise<void> {
    const start = performance.now();
    const askedMs = await this.#deliverAll(key);
    this.#working--;
    this.#next();
    const isDone = askedMs === undefined;
    await this.#rest(
      isDone ? this.#pace.spacingMs - (performance.now() - start) : this.#retryDelay(key, askedMs),
    );
    this.#active.delete(key);
    if (this.#waiting.has(key)) this.#enqueue(key);
  }

  /**
   * What has to be tried again waits for the next round, unless a newer one came. Returns the milliseconds that receivers
   * ask to wait until then, or undefined where nothing has to be.
   */
  async #deliverAll(key: string): Promise<number | undefined> {
    const items = this.#waiting.get(key) ?? new Map<string, T>();
    this.#waiting.delete(key);
    let askedMs: number | undefined;
    for (const [slot, item] of items) {
      if (this.#signal.aborted) return 0;
      const result = await this.#deliver(item);
      if (result.kind !== 'again') continue;
      askedMs = Math.max(askedMs ?? 0, result.afterMs);
      this.#putBack(key, slot, item);
    }
    if (askedMs === undefined) this.#failures.delete(key);
    return askedMs;
  }

  #putBack(key: string, slot: string, item: T): void {
    const newer = this.#waiting.get(key) ?? new Map<string, T>();
    if (!newer.has(slot)) this.#waiting.set(key, newer.set(slot, item));
  }

  #retryDelay(key: string, askedMs: number): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const { firstRetryMs, longestRetryMs, longestAskedMs } = this.#pace;
    const ownMs = Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
    return waitOf(ownMs, askedMs, longestAskedMs);
  }

  async #rest(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#signal }).catch(() => {});
  }
}
