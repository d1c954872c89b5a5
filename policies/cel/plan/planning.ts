import type { Checked, Reference } from '../check/checker.ts';
import type { Environment } from '../environment.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Type } from '../types/types.ts';
import { DYN } from '../types/types.ts';
import type { Value } from '../values/values.ts';
import type { Attribute } from './attribute.ts';
import type { Step } from './frame.ts';

/** What a part of an expression becomes. */
export type Planned =
  | { readonly kind: 'constant'; readonly value: Value }
  | {
      readonly kind: 'attribute';
      readonly attribute: Attribute;
      /** The attribute is that of has(). */
      readonly testOnly: boolean;
      /** Set where it is a variable that a comprehension folds into and nothing else. */
      readonly accumulator?: Local;
    }
  | { readonly kind: 'step'; readonly step: Step };

export const constant = (value: Value): Planned => ({ kind: 'constant', value });
export const stepOf = (step: Step): Planned => ({ kind: 'step', step });

/** Where a variable of a comprehension is kept. */
export interface Local {
  readonly slot: number;
  /** Gives an accumulator its first value when it is first read. */
  readonly initialize?: Step;
}

/** The variables of a comprehension, within those of the comprehensions around it. */
export type Scope = ReadonlyMap<string, Local>;

/** Thrown where an expression that compiles cannot be planned; the API server refuses it like any other problem. */
export class PlanFault extends Error {}

/** Plans one kind of expression. */
export type Rule<E extends Expr = Expr> = (planning: Planning, expr: E) => Planned;

export type Rules = { readonly [K in Expr['kind']]: Rule<Extract<Expr, { kind: K }>> };

/** The state of the planning of one expression. */
export class Planning {
  readonly environment: Environment;
  readonly #checked: Checked;
  readonly #rules: Rules;
  #scopes: readonly Scope[] = [];
  #slots = 0;

  constructor(environment: Environment, checked: Checked, rules: Rules) {
    this.environment = environment;
    this.#checked = checked;
    this.#rules = rules;
  }

  /** @throws PlanFault */
  plan(expr: Expr): Planned {
    const rule = this.#rules[expr.kind] as Rule;
    return rule(this, expr);
  }

  typeOf(expr: Expr): Type {
    return this.#checked.types.get(expr.id) ?? DYN;
  }

  reference(expr: Expr): Reference | undefined {
    return this.#checked.references.get(expr.id);
  }

  /** How many slots all comprehensions need. */
  get slots(): number {
    return this.#slots;
  }

  newSlot(): number {
    return this.#slots++;
  }

  /** Returns the innermost variable of a name. */
  local(name: string): Local | undefined {
    return this.#scopes.findLast((scope) => scope.has(name))?.get(name);
  }

  /** Plans an expression where the variables of the comprehensions around it are not known. */
  planWithoutLocals(expr: Expr): Planned {
    return this.#planIn([], expr);
  }

  /** Plans an expression among variables that hide those of the same name. */
  planWithin(scope: Scope, expr: Expr): Planned {
    return this.#planIn([...this.#scopes, scope], expr);
  }

  #planIn(scopes: readonly Scope[], expr: Expr): Planned {
    const outer = this.#scopes;
    this.#scopes = scopes;
    const planned = this.plan(expr);
    this.#scopes = outer;
    return planned;
  }
}
