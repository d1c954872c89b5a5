// The names that the expressions of a policy can use, for one pass over some of them.

import { variablesType } from '../../cel/kubernetes-types.ts';
import { CannotJudge } from '../../cel/lib/kubernetes/authorizer.ts';
import { CelError, Struct, type Value } from '../../cel/values/values.ts';
import type { CompiledVariable } from '../compile.ts';
import type { Unknowns } from './unknowns.ts';

/** Units of cost that one expression may have. */
export const EXPRESSION_LIMIT = 1_000_000;

export interface ScopeParts {
  readonly variables: ReadonlyMap<string, CompiledVariable>;
  /** The values of names; a name without one is no name of the pass. */
  readonly values: (name: string) => Value | undefined;
  readonly unknowns: Unknowns;
}

/** Variables keep their values for the expressions that follow in the same pass. */
export class Scope {
  readonly unknowns: Unknowns;
  readonly #values: ScopeParts['values'];
  readonly #variables: Variables;

  constructor({ variables, values, unknowns }: ScopeParts) {
    this.unknowns = unknowns;
    this.#values = values;
    this.#variables = new Variables(variables, this);
  }

  /** Returns the value of a name; undefined where there is no such name. */
  readonly lookup = (name: string): Value | undefined => {
    if (name === 'variables') return this.#variables;
    const value = this.#values(name);
    return value === undefined ? undefined : this.unknowns.note(value);
  };

  /** Returns the cost of the variables that were evaluated since the last time, in units. */
  takeCost(): number {
    return this.#variables.takeCost();
  }
}

class Variables extends Struct {
  readonly type = variablesType;
  readonly #compiled: ReadonlyMap<string, CompiledVariable>;
  readonly #scope: Scope;
  readonly #values = new Map<string, Value>();
  #cost = 0;

  constructor(compiled: ReadonlyMap<string, CompiledVariable>, scope: Scope) {
    super();
    this.#compiled = compiled;
    this.#scope = scope;
  }

  takeCost(): number {
    const cost = this.#cost;
    this.#cost = 0;
    return cost;
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  get(name: string): Value | undefined {
    const variable = this.#find(name);
    if (!variable) return undefined;
    const known = this.#values.get(name);
    if (known !== undefined) return this.#scope.unknowns.note(known);
    this.#values.set(name, failed(name, 'evaluate', 'it is used in its own expression'));
    const value = this.#evaluate(variable);
    this.#values.set(name, value);
    return value;
  }

  /** The API server takes `__x__` for an escape, and finds no variable of a name that has one. */
  #find(name: string): CompiledVariable | undefined {
    return /__[^_]+__/.test(name) ? undefined : this.#compiled.get(name);
  }

  #evaluate({ name, program, error }: CompiledVariable): Value {
    if (!program) return failed(name, 'compile', error ?? '');
    const { value, traces } = this.#scope.unknowns.trace(() => {
      const evaluation = program.evaluate(this.#scope.lookup, EXPRESSION_LIMIT);
      this.#cost += evaluation.cost;
      return evaluation.value;
    });
    if (!(value instanceof CelError) || value instanceof CannotJudge) return value;
    return traces.asked === undefined
      ? failed(name, 'evaluate', value.message)
      : new CannotJudge(traces.asked);
  }
}

function failed(name: string, how: string, why: string): CelError {
  return new CelError(`composited variable "${name}" fails to ${how}: ${why}`);
}
