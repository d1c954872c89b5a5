import type { Value } from './values.ts';

/** Gives the value of a variable by its name, undefined where there is none. */
export type Activation = (name: string) => Value | undefined;

/** The state of one evaluation. */
export class Frame {
  readonly activation: Activation;
  /** Variables of comprehensions, by the slots they were planned for. */
  readonly locals: (Value | undefined)[];
  /** Units spent so far. */
  cost = 0;
  readonly limit: number;

  constructor(activation: Activation, slots: number, limit: number) {
    this.activation = activation;
    this.locals = new Array(slots).fill(undefined);
    this.limit = limit;
  }
}

/** A planned part of an expression. It gives an error as its value and throws only what stops the evaluation. */
export type Step = (frame: Frame) => Value;

/** The frame in which constants are evaluated while an expression is planned. */
export function constantFrame(): Frame {
  return new Frame(() => undefined, 0, Number.POSITIVE_INFINITY);
}
