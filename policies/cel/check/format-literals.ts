import type { Call, Expr } from '../syntax/ast.ts';
import { typeName } from '../types/type-relations.ts';
import type { Type } from '../types/types.ts';
import { encodeUtf8 } from '../values/text.ts';
import type { CheckProblem } from './checking.ts';
import { readClause } from './format-clause.ts';
import { problem, typeAt, type Validation } from './literal-validation.ts';

/** A call of format() whose clauses and arguments are both written out. */
interface FormatCall {
  readonly call: Call;
  readonly format: Uint8Array;
  readonly args: readonly Expr[];
}

/** Clauses and arguments of format() have to go together as far as that can be seen. */
export function validateFormats(validation: Validation): CheckProblem[] {
  return validation.parts.flatMap(({ expr }) => {
    const call = formatCall(expr);
    return call ? validateCall(validation, call) : [];
  });
}

function formatCall(expr: Expr): FormatCall | undefined {
  if (expr.kind !== 'call' || expr.function !== 'format' || expr.args.length !== 1)
    return undefined;
  const [list] = expr.args;
  const { target } = expr;
  if (target?.kind !== 'literal' || target.literal.type !== 'string') return undefined;
  if (list?.kind !== 'list') return undefined;
  return { call: expr, format: encodeUtf8(target.literal.value), args: list.elements };
}

const PERCENT = 0x25;

function validateCall(validation: Validation, formatted: FormatCall): CheckProblem[] {
  const { call, format, args } = formatted;
  let used = 0;
  for (let i = format.indexOf(PERCENT); i >= 0; i = format.indexOf(PERCENT, i)) {
    if (format[i + 1] === PERCENT) {
      i += 2;
      continue;
    }
    const clause = validateClause(validation, formatted, { start: i + 1, argument: used++ });
    if ('message' in clause) return [clause];
    i = clause.end;
  }
  if (args.length <= used) return [];
  const counts = `(expected ${used}, got ${args.length})`;
  return [problem(call, `too many arguments supplied to string.format ${counts}`)];
}

function validateClause(
  validation: Validation,
  { call, format, args }: FormatCall,
  { start, argument }: { start: number; argument: number },
): CheckProblem | { readonly end: number } {
  const arg = args[argument];
  if (start === format.length) return problem(call, 'unexpected end of string');
  if (!arg) return problem(call, `index ${argument} out of range`);
  const clause = readClause(format, start);
  if ('problem' in clause) return problem(call, clause.problem);
  const wrong = findWrong(validation, arg, clause.verb);
  if (!wrong) return clause;
  const name = typeName(typeAt(validation, wrong));
  return problem(wrong, `error during formatting: ${USES[clause.verb]}, was given ${name}`);
}

const USES: Readonly<Record<string, string>> = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  d: 'decimal clause can only be used on integers',
  f: 'fixed-point clause can only be used on doubles',
  e: 'scientific clause can only be used on doubles',
  b: 'only integers and bools can be formatted as binary',
  x: 'only integers, byte buffers, and strings can be formatted as hex',
  X: 'only integers, byte buffers, and strings can be formatted as hex',
  o: 'octal clause can only be used on integers',
};

const HEX: readonly Type['kind'][] = ['int', 'uint', 'string', 'bytes'];

/** Kinds of types that the clauses take besides dyn; strings may be NaN and the infinities. */
const TAKEN: Readonly<Record<string, readonly Type['kind'][]>> = {
  d: ['int', 'uint'],
  f: ['double', 'string'],
  e: ['double', 'string'],
  b: ['int', 'uint', 'bool'],
  x: HEX,
  X: HEX,
  o: ['int', 'uint'],
};

const PRINTABLE: ReadonlySet<Type['kind']> = new Set([
  'dyn',
  'list',
  'map',
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'timestamp',
  'bytes',
  'duration',
  'type',
  'null',
]);

/** Returns the argument, or the part of it, that the clause does not take. */
function findWrong(validation: Validation, arg: Expr, verb: string): Expr | undefined {
  if (verb === 's') return findUnprintable(validation, arg);
  const { kind } = typeAt(validation, arg);
  return kind === 'dyn' || TAKEN[verb]?.includes(kind) ? undefined : arg;
}

function findUnprintable(validation: Validation, expr: Expr): Expr | undefined {
  if (!PRINTABLE.has(typeAt(validation, expr).kind)) return expr;
  for (const part of literalParts(expr)) {
    const found = findUnprintable(validation, part);
    if (found) return found;
  }
  return undefined;
}

function literalParts(expr: Expr): readonly Expr[] {
  if (expr.kind === 'list') return expr.elements;
  return expr.kind === 'map' ? expr.entries.flatMap(({ key, value }) => [key, value]) : [];
}
