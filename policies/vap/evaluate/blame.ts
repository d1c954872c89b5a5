// Which fields of the object made an expression false: what a review points to.
import type { Call, Comprehension, Expr } from '../../cel/syntax/ast.ts';
import { operators } from '../../cel/syntax/operators.ts';
import { parse } from '../../cel/syntax/parser.ts';
import { partsOf } from '../../cel/syntax/parts.ts';
import type { Compiled, CompiledVariable } from '../compile.ts';
import type { FieldValue } from '../decision.ts';
import { chainOf, type FieldPath, type Roots, valueAt } from './field-chains.ts';
import { loopRoots, predicateOf } from './loops.ts';
import { PartEvaluator } from './part-evaluator.ts';
import type { Scope } from './scope.ts';

/** Further fields say nothing more to a reader. */
const MAX_FIELDS = 20;
/** Elements of lists that are looked at, all loops together: this must never take long. */
const MAX_ELEMENTS = 1000;

const OBJECT_ONLY: Roots = new Map([['object', { path: [] }]]);

/** Where an expression failed. */
export interface Failure {
  /** The object as JSON. */
  readonly object: unknown;
  readonly scope: Scope;
  readonly variables: ReadonlyMap<string, CompiledVariable>;
}

/**
 * Returns the fields of the object that the failing part of an expression reads, with the elements of lists that fail.
 * It is a hint: an expression that reads in roundabout ways has fields that are not told.
 *
 * @param isFalse whether the expression came to false; of one that failed, all fields count
 */
export function blamedFields(compiled: Compiled, failure: Failure, isFalse: boolean): FieldValue[] {
  const blame = new Blame(compiled, failure);
  if (isFalse) blame.blame(blame.root, OBJECT_ONLY, true);
  else blame.read(blame.root, OBJECT_ONLY);
  return blame.fields();
}

/** A loop over a part of the object, and what each element should come to. */
interface Loop {
  readonly range: FieldPath;
  readonly predicate: Expr;
  readonly roots: Roots;
  readonly wanted: boolean;
}

class Blame {
  readonly root: Expr | undefined;
  readonly #failure: Failure;
  readonly #evaluator: PartEvaluator;
  readonly #paths = new Map<string, FieldPath>();
  /** Variables that were entered, by what for: one that others use twice each would be entered without end. */
  readonly #entered = {
    read: new Set<string>(),
    true: new Set<string>(),
    false: new Set<string>(),
  };
  #elements = 0;

  constructor({ source, environment }: Compiled, failure: Failure) {
    const parsed = parse(source, environment.macros);
    this.root = Array.isArray(parsed) ? undefined : (parsed as Expr);
    this.#failure = failure;
    this.#evaluator = new PartEvaluator(environment, failure.scope.lookup);
  }

  fields(): FieldValue[] {
    const { object } = this.#failure;
    return [...this.#paths.values()]
      .slice(0, MAX_FIELDS)
      .map((path) => ({ path, value: valueAt(object, path) }));
  }

  /** Adds what the expression reads. */
  read(expr: Expr | undefined, roots: Roots): void {
    if (!expr) return;
    const path = chainOf(expr, roots);
    if (path) this.#add(path);
    else if (!this.#enter(expr, this.#entered.read, (body) => this.read(body, OBJECT_ONLY)))
      for (const part of partsOf(expr)) this.read(part, roots);
  }

  /** Adds what made the expression come to something else than `wanted`. */
  blame(expr: Expr | undefined, roots: Roots, wanted: boolean): void {
    if (expr?.kind === 'comprehension') this.#blameLoop(expr, roots, wanted);
    else if (expr?.kind === 'call') this.#blameCall(expr, roots, wanted);
    else {
      const entered = this.#entered[`${wanted}`];
      const isVariable = this.#enter(expr, entered, (body) =>
        this.blame(body, OBJECT_ONLY, wanted),
      );
      if (!isVariable) this.read(expr, roots);
    }
  }

  #blameCall(expr: Call, roots: Roots, wanted: boolean): void {
    const { function: name, args } = expr;
    const [first] = args;
    if (name === operators.not) this.blame(first, roots, !wanted);
    else if (name === operators.conditional) this.#blameChoice(args, roots, wanted);
    else if (name === operators.and || name === operators.or) {
      for (const part of args) this.#blameUnless(part, roots, wanted);
    } else this.read(expr, roots);
  }

  #blameChoice([condition, truthy, falsy]: readonly Expr[], roots: Roots, wanted: boolean): void {
    const chosen = condition && this.#evaluator.evaluate(condition, roots);
    this.blame(chosen === false ? falsy : truthy, roots, wanted);
    this.read(condition, roots);
  }

  #blameUnless(part: Expr, roots: Roots, wanted: boolean): void {
    if (this.#evaluator.evaluate(part, roots) !== wanted) this.blame(part, roots, wanted);
  }

  /** Of all() and exists(), the elements that are not as they should be. */
  #blameLoop(loop: Comprehension, roots: Roots, wanted: boolean): void {
    const range = chainOf(this.#resolve(loop.iterRange), roots);
    const predicate = predicateOf(loop);
    if (range && predicate) this.#blameElements(loop, { range, predicate, roots, wanted });
    else this.read(loop, roots);
  }

  #blameElements(loop: Comprehension, { range, predicate, roots, wanted }: Loop): void {
    const before = this.#paths.size;
    for (const bound of loopRoots(loop, range, this.#failure)) {
      if (++this.#elements > MAX_ELEMENTS || this.#paths.size >= MAX_FIELDS) break;
      this.#blameUnless(predicate, new Map([...roots, ...bound]), wanted);
    }
    if (this.#paths.size === before) this.#add(range);
  }

  #add(path: FieldPath): void {
    if (path.length > 0) this.#paths.set(JSON.stringify(path), path);
  }

  /** A variable that is another name for a selection stands for it. */
  #resolve(expr: Expr, entered: Set<string> = new Set()): Expr {
    let body = expr;
    this.#enter(expr, entered, (found) => {
      body = this.#resolve(found, entered);
    });
    return body;
  }

  /** Does something with the expression of `variables.x`, once; returns false where the expression is none. */
  #enter(expr: Expr | undefined, entered: Set<string>, visit: (body: Expr) => void): boolean {
    if (expr?.kind !== 'select' || expr.operand.kind !== 'ident') return false;
    if (expr.operand.name !== 'variables') return false;
    if (entered.has(expr.field)) return true;
    entered.add(expr.field);
    const variable = this.#failure.variables.get(expr.field);
    const body = variable && parse(variable.source, variable.environment.macros);
    if (!body || Array.isArray(body)) return false;
    visit(body as Expr);
    return true;
  }
}
