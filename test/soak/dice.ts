// Which requests and events meet a fault. The seed gives the same dice; who comes first is up to the machine.
import { RESET, type RequestFault } from '../faults/plan.ts';
import { Random } from '../helpers/random.ts';

/** What may come instead of the API server's answer, each as likely as the others. */
const FAULTS: readonly RequestFault[] = [
  'error-500',
  'error-503',
  'error-429',
  RESET,
  'unanswered',
];

/** Faults to come, per cent of the requests and of the events. */
export class Dice {
  /** No fault comes while it is false. */
  isOn = false;
  /** How often each fault has come. */
  readonly fallen: Record<string, number> = {};
  readonly #random: Random;
  readonly #percent: number;

  constructor(seed: number, percent: number) {
    this.#random = new Random(seed);
    this.#percent = percent;
  }

  /** Returns the fault of the next request, if it meets one. */
  fault(): RequestFault | undefined {
    return this.#falls() ? this.#count(this.#random.pick(FAULTS)) : undefined;
  }

  /** Returns whether the next event is lost. */
  isLost(): boolean {
    return this.#falls() && this.#count('lost event') !== undefined;
  }

  #falls(): boolean {
    return this.isOn && this.#random.below(1_000) < this.#percent * 10;
  }

  #count<T extends string>(fault: T): T {
    this.fallen[fault] = (this.fallen[fault] ?? 0) + 1;
    return fault;
  }
}
