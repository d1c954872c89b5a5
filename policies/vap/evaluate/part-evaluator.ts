// Evaluates a part of an expression, to tell which part made the whole fail.

import { type Activation, compileParsed, type Program } from '../../cel/compile.ts';
import type { Environment } from '../../cel/environment.ts';
import type { Expr } from '../../cel/syntax/ast.ts';
import { DYN, type Type } from '../../cel/types/types.ts';
import type { Value } from '../../cel/values/values.ts';

/** Units of cost for all parts of one expression together. */
const PARTS_LIMIT = 1_000_000;

/** The values of the variables of comprehensions around a part. */
export type Locals = ReadonlyMap<string, { readonly value?: Value }>;

/** Evaluates parts of one expression; each is compiled once. */
export class PartEvaluator {
  readonly #environment: Environment;
  readonly #lookup: Activation;
  readonly #programs = new Map<Expr, Program | undefined>();
  #left = PARTS_LIMIT;

  constructor(environment: Environment, lookup: Activation) {
    this.#environment = environment;
    this.#lookup = lookup;
  }

  /** Returns the value of the part, an error where it cannot be told; undefined where it would take too long. */
  evaluate(part: Expr, locals: Locals): Value | undefined {
    const program = this.#program(part, locals);
    if (!program || this.#left <= 0) return undefined;
    const lookup: Activation = (name) => {
      const value = locals.get(name)?.value;
      return value === undefined ? this.#lookup(name) : value;
    };
    const { value, cost } = program.evaluate(lookup, this.#left);
    this.#left -= cost;
    return value;
  }

  #program(part: Expr, locals: Locals): Program | undefined {
    if (!this.#programs.has(part)) this.#programs.set(part, this.#compile(part, locals));
    return this.#programs.get(part);
  }

  #compile(part: Expr, locals: Locals): Program | undefined {
    const variables: [string, Type][] = [...locals.keys()].map((name) => [name, DYN]);
    const environment = this.#environment.extend({ variables: Object.fromEntries(variables) });
    const compiled = compileParsed(part, '', environment);
    return Array.isArray(compiled) ? undefined : (compiled as Program);
  }
}
