import type { Environment } from '../environment.ts';
import type { Overload } from '../library.ts';
import type { Expr, Span } from '../syntax/ast.ts';
import {
  describeMismatch,
  isDynamic,
  mostGeneral,
  optionalValue,
} from '../types/type-relations.ts';
import { DYN, ERROR, optionalOf, type Type } from '../types/types.ts';
import { Substitution } from '../types/unify.ts';
import type { Value } from '../values/values.ts';

/**
 * What a name, a selection or a call means.
 *
 * - ident: a variable, of the environment or of a comprehension. It is the reference of a selection, too, where that
 *   is the dotted name of a variable, and of the making of a message, whose type it then names. A leading dot tells a
 *   variable of the environment from one of a comprehension that hides it. A constant is the value of a name that is
 *   a type of the environment or the member of an enum. A name whose type is `type` but that has no constant cannot
 *   be planned: `reference to undefined type`.
 * - overloads: the candidates of a call. Where they are functions, no methods, the target of the call is part of the
 *   name of the function (`ip.isCanonical(x)`) and no argument.
 */
export type Reference =
  | { readonly kind: 'ident'; readonly name: string; readonly constant?: Value }
  | { readonly kind: 'overloads'; readonly overloads: readonly Overload[] };

export interface CheckProblem {
  readonly at: Span;
  /** cel-go's text. */
  readonly message: string;
}

/** Finds the type of one kind of expression. */
export type Rule<E extends Expr = Expr> = (checking: Checking, expr: E) => Type;

export type Rules = { readonly [K in Expr['kind']]: Rule<Extract<Expr, { kind: K }>> };

/** The variables of a comprehension, within those of the comprehensions around it. */
interface Scope {
  readonly outer: Scope | undefined;
  readonly variables: ReadonlyMap<string, Type>;
}

/** The state of the check of one expression. */
export class Checking {
  readonly environment: Environment;
  readonly types = new Map<number, Type>();
  readonly references = new Map<number, Reference>();
  readonly problems: CheckProblem[] = [];
  readonly substitution = new Substitution();
  readonly #rules: Rules;
  #scope: Scope | undefined;

  constructor(environment: Environment, rules: Rules) {
    this.environment = environment;
    this.#rules = rules;
  }

  /** Finds the type of an expression and of all within it. */
  check(expr: Expr): Type {
    const rule = this.#rules[expr.kind] as Rule;
    const type = rule(this, expr);
    this.types.set(expr.id, type);
    return type;
  }

  /** Notes a problem; the type of what has one is ERROR, which goes with every other type. */
  fail(at: Span, message: string): Type {
    this.problems.push({ at: { start: at.start, end: at.end }, message });
    return ERROR;
  }

  failMismatch(at: Span, expected: Type, found: Type): Type {
    return this.fail(at, describeMismatch(expected, found));
  }

  failUndeclared(at: Span, name: string): Type {
    return this.fail(at, `undeclared reference to '${name}' (in container '')`);
  }

  /** Notes a problem unless the found type goes with the expected one. */
  expect(expr: Expr, expected: Type): void {
    const found = this.types.get(expr.id) ?? ERROR;
    if (!this.substitution.assign(expected, found)) this.failMismatch(expr, expected, found);
  }

  /** Returns the type of all elements of a literal so far, joined with that of one more. */
  join(known: Type | undefined, found: Type): Type {
    if (!known) return found;
    return this.substitution.assign(known, found) ? mostGeneral(known, found) : DYN;
  }

  /** Returns the type of the value that an element written with `?` adds; dyn may hold an optional. */
  unwrap(expr: Expr, found: Type): Type {
    const value = optionalValue(found);
    if (value) return value;
    if (!isDynamic(found)) this.failMismatch(expr, optionalOf(found), found);
    return found;
  }

  /** Does something with variables that hide those of the same name. */
  within(variables: ReadonlyMap<string, Type>, run: () => void): void {
    const outer = this.#scope;
    this.#scope = { outer, variables };
    run();
    this.#scope = outer;
  }

  /** Returns the type of a variable of the comprehensions around this place. */
  localVariable(name: string): Type | undefined {
    for (let scope = this.#scope; scope; scope = scope.outer) {
      const type = scope.variables.get(name);
      if (type) return type;
    }
    return undefined;
  }
}
