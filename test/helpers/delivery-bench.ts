import { setImmediate as turn } from 'node:timers/promises';
import {
  DeliveryQueue,
  type DeliveryResult,
  type Pace,
} from '../../functions/relay/delivery-queue.ts';
import { eventually } from '../cluster/eventually.ts';

const PACE: Pace = {
  ...{ parallel: 4, spacingMs: 0, firstRetryMs: 1, longestRetryMs: 4 },
  longestAskedMs: 60_000,
};
export const DONE: DeliveryResult = { kind: 'done' };
export const AGAIN: DeliveryResult = { kind: 'again', afterMs: 0 };

interface Item {
  readonly key: string;
  readonly name: string;
}

/** A queue whose deliveries are ended by hand. */
export class Bench implements Disposable {
  /** What was delivered, in order of the starts. */
  readonly started: string[] = [];
  readonly startedAt: number[] = [];
  most = 0;
  readonly #open = new Map<string, (result: DeliveryResult) => void>();
  readonly #end = new AbortController();
  readonly #queue: DeliveryQueue<Item>;

  constructor(pace: Partial<Pace> = {}) {
    this.#queue = new DeliveryQueue(
      (item) => this.#deliver(item),
      { ...PACE, ...pace },
      this.#end.signal,
    );
  }

  /** Adds items written as key:n, or key/slot:n. */
  add(...items: string[]): void {
    for (const name of items) {
      const [place = ''] = name.split(':');
      const [key = '', slot = ''] = place.split('/');
      this.#queue.add(key, slot, { key, name });
    }
  }

  async end(key: string, result: DeliveryResult = DONE): Promise<void> {
    const open = this.#open.get(key);
    this.#open.delete(key);
    if (open === undefined) throw new Error(`${key} is not under way`);
    open(result);
    await settle();
  }

  /** Ends the delivery of a once `count` have started. */
  async endNext(count: number, result: DeliveryResult): Promise<void> {
    await this.until(count);
    await this.end('a', result);
  }

  /** Milliseconds between the starts. */
  get gaps(): number[] {
    return this.startedAt.slice(1).map((at, i) => at - (this.startedAt[i] ?? at));
  }

  get open(): string[] {
    return [...this.#open.keys()];
  }

  async until(count: number): Promise<void> {
    await eventually(`${count} have started`, () => this.started.length >= count);
  }

  #deliver({ key, name }: Item): Promise<DeliveryResult> {
    this.started.push(name);
    this.startedAt.push(performance.now());
    return new Promise((resolve) => {
      this.#open.set(key, resolve);
      this.most = Math.max(this.most, this.#open.size);
    });
  }

  [Symbol.dispose](): void {
    this.#end.abort();
  }
}

export async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await turn();
}
