import type { Overload } from '../library.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import { operators } from '../syntax/operators.ts';
import { describeType, isDynamic, isSameType, mapParts, partsOf } from '../types/type-relations.ts';
import { BOOL, DYN, ERROR, type Type } from '../types/types.ts';
import { checkField, nameParts } from './check-name.ts';
import type { Checking } from './checking.ts';

/** A call with the function it is of. */
interface Resolved {
  readonly call: Call;
  readonly overloads: readonly Overload[];
  /** Types of the arguments; that of the receiver of a method comes first. */
  readonly args: readonly Type[];
  readonly isMethod: boolean;
}

export function checkCall(checking: Checking, call: Call): Type {
  if (call.function === operators.optionalSelect) return checkOptionalSelect(checking, call);
  const args = call.args.map((arg) => checking.check(arg));
  const qualified = qualifiedFunction(checking, call);
  const receiver = call.target && !qualified ? [checking.check(call.target)] : [];
  const overloads = qualified ?? checking.environment.function(call.function);
  if (!overloads) return checking.failUndeclared(call, call.function);
  const isMethod = receiver.length > 0;
  return checkOverloads(checking, { call, overloads, args: [...receiver, ...args], isMethod });
}

/** Returns the function of a call whose target is part of the function's name: `ip.isCanonical(x)`. */
function qualifiedFunction(checking: Checking, call: Call): readonly Overload[] | undefined {
  const parts = call.target && nameParts(call.target);
  return parts && checking.environment.function([...parts, call.function].join('.'));
}

function checkOptionalSelect(checking: Checking, call: Call): Type {
  const [operand, field] = call.args;
  if (!operand || field?.kind !== 'literal' || field.literal.type !== 'string') {
    return checking.fail(call, 'unsupported optional field selection');
  }
  const type = checkField(checking, call, { operand, field: field.literal.value, optional: true });
  const overloads = checking.environment.function(operators.optionalSelect) ?? [];
  checking.references.set(call.id, { kind: 'overloads', overloads });
  return checking.substitution.apply(type);
}

function checkOverloads(checking: Checking, resolved: Resolved): Type {
  const { call, overloads } = resolved;
  const name = overloads[0]?.name;
  if (name === operators.and || name === operators.or) return checkLogic(checking, resolved);
  const matches = matchOverloads(checking, resolved);
  if (!matches.type) return failNoOverload(checking, resolved);
  checking.references.set(call.id, { kind: 'overloads', overloads: matches.overloads });
  return matches.type;
}

function checkLogic(checking: Checking, { call, overloads, args }: Resolved): Type {
  const wrong = args.flatMap((type, i) => {
    const at = call.args[i] as Expr;
    return checking.substitution.assign(type, BOOL) ? [] : checking.failMismatch(at, BOOL, type);
  });
  if (wrong.length) return ERROR;
  checking.references.set(call.id, { kind: 'overloads', overloads });
  return BOOL;
}

interface Matches {
  readonly overloads: readonly Overload[];
  /** The result of all of them, dyn where they give different ones; undefined where none matches. */
  readonly type: Type | undefined;
}

/** Every overload that matches is kept; what each tells of type parameters counts for those after it. */
function matchOverloads(checking: Checking, { overloads, args, isMethod }: Resolved): Matches {
  const matching: Overload[] = [];
  let type: Type | undefined;
  for (const overload of overloads) {
    if (overload.member !== isMethod) continue;
    const signature = withNewParameters(checking, overload);
    if (!checking.substitution.assignAll(args, signature.args)) continue;
    matching.push(overload);
    type = joinResults(type, checking.substitution.apply(signature.result));
  }
  return { overloads: matching, type };
}

function joinResults(known: Type | undefined, found: Type): Type {
  if (!known) return found;
  return isDynamic(known) || isSameType(known, found) ? known : DYN;
}

/** Returns the types of an overload with parameters that no other call shares. */
function withNewParameters(
  checking: Checking,
  overload: Overload,
): Pick<Overload, 'args' | 'result'> {
  const names = parametersOf(overload);
  if (names.length === 0) return overload;
  const fresh = new Map(names.map((name) => [name, checking.substitution.newParameter()]));
  const rename = (type: Type): Type =>
    type.kind === 'parameter' ? (fresh.get(type.name) ?? type) : mapParts(type, rename);
  return { args: overload.args.map(rename), result: rename(overload.result) };
}

const parameterNames = new WeakMap<Overload, readonly string[]>();

function parametersOf(overload: Overload): readonly string[] {
  const known = parameterNames.get(overload);
  if (known) return known;
  const names = [...new Set([overload.result, ...overload.args].flatMap(parametersIn))];
  parameterNames.set(overload, names);
  return names;
}

function parametersIn(type: Type): string[] {
  return type.kind === 'parameter' ? [type.name] : partsOf(type).flatMap(parametersIn);
}

function failNoOverload(checking: Checking, { call, overloads, args, isMethod }: Resolved): Type {
  const types = args.map((type) => describeType(checking.substitution.close(type)));
  const receiver = isMethod ? `${types.shift()}.` : '';
  const name = overloads[0]?.name ?? call.function;
  return checking.fail(
    call,
    `found no matching overload for '${name}' applied to '${receiver}(${types.join(', ')})'`,
  );
}
