import { standardMacros } from '../../../policies/cel/macros/macros.ts';
import { optionalMacros } from '../../../policies/cel/macros/macros-optional.ts';
import { sortByMacros } from '../../../policies/cel/macros/macros-sort-by.ts';
import { twoVariableMacros } from '../../../policies/cel/macros/macros-two-variable.ts';
import type {
  Comprehension,
  Expr,
  Literal,
  MapEntry,
  StructField,
} from '../../../policies/cel/syntax/ast.ts';
import { parse } from '../../../policies/cel/syntax/parser.ts';

export const allMacros = [
  ...standardMacros,
  ...optionalMacros,
  ...sortByMacros,
  ...twoVariableMacros,
];

/** Returns an expression as nested lists: (name argument ...), (.method target argument ...), (fold ...). */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return printLiteral(expr.literal);
    case 'ident':
      return expr.name;
    case 'select':
      return `(${expr.testOnly ? 'has' : '.'} ${printExpr(expr.operand)} ${expr.field})`;
    case 'call':
      return expr.target
        ? printList(`.${expr.function}`, [expr.target, ...expr.args])
        : printList(expr.function, expr.args);
    case 'list':
      return `[${expr.elements.map((each, i) => mark(expr.optional.includes(i)) + printExpr(each)).join(' ')}]`;
    case 'map':
      return `{${expr.entries.map(printEntry).join(' ')}}`;
    case 'struct':
      return `${expr.typeName}{${expr.fields.map(printField).join(' ')}}`;
    case 'comprehension':
      return printFold(expr);
  }
}

function printEntry({ key, value, optional }: MapEntry): string {
  return `${mark(optional)}${printExpr(key)}:${printExpr(value)}`;
}

function printField({ name, value, optional }: StructField): string {
  return `${mark(optional)}${name}:${printExpr(value)}`;
}

function printFold(fold: Comprehension): string {
  const variables = fold.iterVar2 === undefined ? fold.iterVar : `${fold.iterVar},${fold.iterVar2}`;
  const [range, init, condition, step, result] = [
    fold.iterRange,
    fold.accuInit,
    fold.condition,
    fold.step,
    fold.result,
  ].map(printExpr);
  return `(fold ${variables} in ${range}; ${fold.accuVar} = ${init}; ${condition}; ${step}; ${result})`;
}

function printList(name: string, parts: readonly Expr[]): string {
  return `(${[name, ...parts.map(printExpr)].join(' ')})`;
}

function mark(is: boolean): string {
  return is ? '?' : '';
}

function printLiteral(literal: Literal): string {
  switch (literal.type) {
    case 'null':
      return 'null';
    case 'uint':
      return `${literal.value}u`;
    case 'double':
      return `double(${Object.is(literal.value, -0) ? '-0' : literal.value})`;
    case 'string':
      return JSON.stringify(literal.value);
    case 'bytes':
      return `bytes(${Buffer.from(literal.value).toString('hex')})`;
    default:
      return String(literal.value);
  }
}

/** Parses with all macros; of a text that is no expression, returns `offset message` of each problem. */
export function printParsed(source: string): string {
  const parsed = parse(source, allMacros);
  if (!Array.isArray(parsed)) return printExpr(parsed);
  return parsed.map(({ at, message }) => `${at.start} ${message}`).join('; ');
}
