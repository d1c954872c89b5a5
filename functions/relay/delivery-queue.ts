import { setTimeout as sleep } from 'node:timers/promises';

/** How deliveries are paced; times in milliseconds. */
export interface Pace {
  /** Deliveries under way at once. */
  readonly parallel: number;
  /** Least time between the starts of two deliveries of one key: events in between become one. */
  readonly spacingMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

/** What became of one delivery: done for good (or refused for good), or to be tried again. */
export type DeliveryResult = 'done' | 'again';

/**
 * Delivers items by key until each has been taken. As long as an item waits, is retried or is under way, a newer
 * one of the same key takes its place: one key is never delivered twice at once, and n additions are one delivery.
 */
export class DeliveryQueue<T> {
  readonly #deliver: (item: T) => Promise<DeliveryResult>;
  readonly #pace: Pace;
  readonly #signal: AbortSignal;
  /** The newest item of each key that is still to be delivered. */
  readonly #waiting = new Map<string, T>();
  /** Deliveries of a key that failed in a row. */
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

  /** Adds an item; an older one of its key that was not delivered yet is forgotten. */
  add(key: string, item: T): void {
    this.#waiting.set(key, item);
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
      void this.#work(key);
    }
  }

  /** A key that nobody takes rests without holding a worker's place, so that it holds up no other. */
  async #work(key: string): Promise<void> {
    const start = performance.now();
    const item = this.#waiting.get(key);
    this.#waiting.delete(key);
    const result = item === undefined ? 'done' : await this.#deliver(item);
    this.#working--;
    this.#next();
    if (item !== undefined && result === 'again') await this.#fail(key, item);
    else await this.#succeed(key, performance.now() - start);
    this.#active.delete(key);
    const newest = this.#waiting.get(key);
    if (newest !== undefined) this.add(key, newest);
  }

  async #fail(key: string, item: T): Promise<void> {
    if (!this.#waiting.has(key)) this.#waiting.set(key, item);
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const { firstRetryMs, longestRetryMs } = this.#pace;
    await this.#rest(Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs));
  }

  async #succeed(key: string, tookMs: number): Promise<void> {
    this.#failures.delete(key);
    await this.#rest(this.#pace.spacingMs - tookMs);
  }

  async #rest(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#signal }).catch(() => {});
  }
}
