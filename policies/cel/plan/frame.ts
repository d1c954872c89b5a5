import type { Value } from '../values/values.ts';

/** Gives the value of a variable by its name, undefined where there is none. */
export type Activation = (name: string) => Value | undefined;

/** Variables of comprehensions, by the slots they were planned for. */
export type Locals = (Value | undefined)[];

/** The state of one evaluation. */
export class Frame {
  readonly activation: Activation;
  readonly locals: Locals;
  readonly limit: number;
  /** Units spent so far. */
  cost = 0;
  /** Units of what the API server does not count. */
  uncounted = 0;

  constructor(activation: Activation, locals: Locals, limit: number) {
    this.activation = activation;
    this.locals = locals;
    this.limit = limit;
  }
}

/** A planned part of an expression. It gives an error as its value and throws only what stops the evaluation. */
export type Step = (frame: Frame) => Value;

/** The frame in which constants are evaluated while an expression is planned. */
export function constantFrame(): Frame {
  return new Frame(() => undefined, [], Number.POSITIVE_INFINITY);
}
