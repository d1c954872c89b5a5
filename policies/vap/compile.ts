// The expressions of a policy -> programs. What the API server would refuse when the policy is written is a finding.

import { type CompileProblem, compile, type Program } from '../cel/compile.ts';
import type { Environment } from '../cel/environment.ts';
import { type AdmissionOptions, admissionEnvironment } from '../cel/kubernetes-environment.ts';
import { variableTypes } from '../cel/kubernetes-types.ts';
import type { Span } from '../cel/syntax/ast.ts';
import { BOOL, formatType, NULL, STRING, type Type } from '../cel/types/types.ts';
import { formatIssues } from './compile-error.ts';
import { trimSpace } from './go-text.ts';
import type { Field, Place } from './load/field.ts';
import type { PolicySpec, ValidatingAdmissionPolicy } from './policy.ts';

/** Whose rules to complain by: those for a policy that is written, or for one that the API server has stored. */
export type ExpressionMode = AdmissionOptions['mode'];

/** An expression, ready to be evaluated, or what the API server says of it instead. */
export interface Compiled {
  readonly source: string;
  /** Where its first character stands. */
  readonly place: Place;
  /** Returns where a character of it stands; counted in UTF-16 units. */
  placeOf(offset: number): Place;
  readonly environment: Environment;
  readonly program?: Program;
  readonly error?: string;
}

export interface CompiledVariable extends Compiled {
  readonly name: string;
}

export interface CompiledPolicy {
  readonly matchConditions: readonly Compiled[];
  readonly variables: ReadonlyMap<string, CompiledVariable>;
  readonly validations: readonly Compiled[];
  /** In the places of the validations that have a messageExpression. */
  readonly messages: readonly (Compiled | undefined)[];
  readonly auditAnnotations: readonly Compiled[];
}

/** The types that a use of an expression may give; none where it may give any. */
const RESULTS = {
  condition: [BOOL],
  variable: [],
  validation: [BOOL],
  message: [STRING],
  audit: [STRING, NULL],
} as const satisfies Record<string, readonly Type[]>;

type Use = keyof typeof RESULTS;

/** Where the expressions of a list are, and what they are for. */
const LISTS = {
  matchConditions: ['expression', 'condition'],
  validations: ['expression', 'validation'],
  auditAnnotations: ['valueExpression', 'audit'],
} as const satisfies Record<string, readonly [string, Use]>;

/**
 * Compiles all expressions of a policy; what does not compile is complained of at its character.
 *
 * @param spec the field that the policy was read from
 */
export function compilePolicy(
  { spec }: ValidatingAdmissionPolicy,
  field: Field,
  mode: ExpressionMode,
): CompiledPolicy {
  const compiler = new PolicyCompiler(spec, mode);
  const all = (list: keyof typeof LISTS) =>
    spec[list].map((_, index) => {
      const [key, use] = LISTS[list];
      return compiler.compile(field.get(list).get(index).get(key), use);
    });
  const variables = new Map(
    spec.variables.map(({ name }, index) => {
      const expression = field.get('variables').get(index).get('expression');
      return [name, compiler.variable(name, expression)] as const;
    }),
  );
  return {
    variables,
    matchConditions: all('matchConditions'),
    validations: all('validations'),
    messages: spec.validations.map(({ messageExpression }, index) => {
      const expression = field.get('validations').get(index).get('messageExpression');
      return messageExpression ? compiler.compile(expression, 'message') : undefined;
    }),
    auditAnnotations: all('auditAnnotations'),
  };
}

class PolicyCompiler {
  readonly #params: boolean;
  readonly #composed: boolean;
  readonly #mode: ExpressionMode;
  /** What the variables before an expression give, in each mode; undefined for one that does not compile. */
  readonly #variables: Readonly<Record<ExpressionMode, Map<string, Type | undefined>>> = {
    new: new Map(),
    stored: new Map(),
  };

  constructor(spec: PolicySpec, mode: ExpressionMode) {
    this.#params = spec.paramKind !== undefined;
    this.#composed = spec.variables.length > 0;
    this.#mode = mode;
  }

  variable(name: string, field: Field): CompiledVariable {
    const { written, compiled } = this.#compile(field, 'variable');
    this.#variables[this.#mode].set(name, written.program?.outputType);
    this.#variables.stored.set(name, compiled.program?.outputType);
    return { ...compiled, name };
  }

  compile(field: Field, use: Use): Compiled {
    return this.#compile(field, use).compiled;
  }

  #compile(field: Field, use: Use): { written: Attempt; compiled: Compiled } {
    const source = typeof field.value === 'string' ? field.value : '';
    const written = this.#compileIn(source, use, this.#mode);
    if (written.problems && trimSpace(source) !== '') {
      complain(this.#mode === 'stored' ? field.lenient : field, written.problems);
    }
    const { program, problems } = written.program
      ? written
      : this.#compileIn(source, use, 'stored');
    const compiled = {
      source,
      environment: this.#environment('stored', use),
      place: field.place(0),
      placeOf: (offset: number) => field.place(offset),
      ...(program ? { program } : { error: describe(source, problems) }),
    };
    return { written, compiled };
  }

  #compileIn(source: string, use: Use, mode: ExpressionMode): Attempt {
    const compiled = compile(source, this.#environment(mode, use));
    const isProgram = !isProblems(compiled);
    const outputType = isProgram ? compiled.outputType : compiled[0]?.outputType;
    // The API server looks at the type before it makes a program.
    const problem = outputType && misfit(RESULTS[use], outputType);
    if (problem) return { problems: [{ misfit: problem }] };
    return isProgram ? { program: compiled } : { problems: compiled };
  }

  /** A stored policy may use variables anywhere; when it is written, its match conditions may not. */
  #environment(mode: ExpressionMode, use: Use): Environment {
    const authorizer = use !== 'message';
    const variables = mode === 'stored' || (this.#composed && use !== 'condition');
    const options = { params: this.#params, authorizer, mode, variables };
    const environment = admissionEnvironment(options);
    return variables
      ? environment.extend({ objectTypes: variableTypes(this.#variables[mode]) })
      : environment;
  }
}

type Problem = CompileProblem | { readonly misfit: string };
type Attempt =
  | { readonly program: Program; readonly problems?: undefined }
  | { readonly program?: undefined; readonly problems: readonly Problem[] };

function isProblems(compiled: Program | readonly CompileProblem[]): compiled is CompileProblem[] {
  return Array.isArray(compiled);
}

/** Says what is wrong with the type of a result, if anything is; where none is wanted, any is right. */
function misfit(wanted: readonly Type[], found: Type): string | undefined {
  if (wanted.length === 0 || wanted.some(({ kind }) => kind === found.kind)) return undefined;
  const names = wanted.map(formatType).join(' ');
  const what = wanted.length === 1 ? names : `one of [${names}]`;
  return `must evaluate to ${what} but got ${formatType(found)}`;
}

function describe(source: string, problems: readonly Problem[] = []): string {
  const [alone] = problems.flatMap((each) => standalone(each) ?? []);
  const issues = problems.flatMap((each) => ('at' in each ? [each] : []));
  return alone ?? `compilation failed: ${formatIssues(source, issues)}`;
}

/** Returns what the API server says of the expression as a whole. */
function standalone(problem: Problem): string | undefined {
  if ('misfit' in problem) return problem.misfit;
  return problem.standsAlone ? problem.message : undefined;
}

function complain(field: Field, problems: readonly Problem[]): void {
  for (const problem of problems) {
    if ('misfit' in problem) field.complain(problem.misfit, WHOLE);
    else field.complain(problem.message, problem.at);
  }
}

/** The expression's first character. */
const WHOLE: Span = { start: 0, end: 0 };
