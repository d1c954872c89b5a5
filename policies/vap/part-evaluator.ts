// Evaluates a part of an expression, to tell which part made the whole fail.
import type { Expr } from '../cel/ast.ts';
import { check } from '../cel/checker.ts';
import type { Environment } from '../cel/environment.ts';
import { type Activation, Frame } from '../cel/frame.ts';
import { CostPanic } from '../cel/library.ts';
import { type Plan, plan } from '../cel/plan.ts';
import { PlanFault } from '../cel/planning.ts';
import { DYN, type Type } from '../cel/types.ts';
import type { Value } from '../cel/values.ts';

/** Units of cost for all parts of one expression together. */
const PARTS_LIMIT = 1_000_000;

/** The values of the variables of comprehensions around a part. */
export type Locals = ReadonlyMap<string, { readonly value?: Value }>;

/** Evaluates parts of one expression; each is planned once. */
export class PartEvaluator {
  readonly #environment: Environment;
  readonly #lookup: Activation;
  readonly #plans = new Map<Expr, Plan | undefined>();
  #left = PARTS_LIMIT;

  constructor(environment: Environment, lookup: Activation) {
    this.#environment = environment;
    this.#lookup = lookup;
  }

  /** Returns the value of the part; undefined where it cannot be told or would take too long. */
  evaluate(part: Expr, locals: Locals): Value | undefined {
    const planned = this.#planned(part, locals);
    if (!planned || this.#left <= 0) return undefined;
    const lookup: Activation = (name) => {
      const value = locals.get(name)?.value;
      return value === undefined ? this.#lookup(name) : value;
    };
    const frame = new Frame(lookup, planned.slots, this.#left);
    try {
      return planned.step(frame);
    } catch (error) {
      if (error instanceof CostPanic) return undefined;
      throw error;
    } finally {
      this.#left -= frame.cost;
    }
  }

  #planned(part: Expr, locals: Locals): Plan | undefined {
    if (!this.#plans.has(part)) this.#plans.set(part, this.#plan(part, locals));
    return this.#plans.get(part);
  }

  #plan(part: Expr, locals: Locals): Plan | undefined {
    const variables: [string, Type][] = [...locals.keys()].map((name) => [name, DYN]);
    const environment = this.#environment.extend({ variables: Object.fromEntries(variables) });
    const checked = check(part, environment);
    if (checked.problems.length > 0) return undefined;
    try {
      return plan(part, checked, environment);
    } catch (error) {
      if (error instanceof PlanFault || error instanceof CostPanic) return undefined;
      throw error;
    }
  }
}
