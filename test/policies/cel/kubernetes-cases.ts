import { readFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import { compile, type Evaluation } from '../../../policies/cel/compile.ts';
import { admissionEnvironment } from '../../../policies/cel/kubernetes-environment.ts';
import {
  authorizerValue,
  requestResourceValue,
} from '../../../policies/cel/lib/kubernetes/authorizer.ts';
import { fromJson, parseJson } from '../../../policies/cel/values/json.ts';
import type { Value } from '../../../policies/cel/values/values.ts';
import { show } from './evaluator-cases.ts';

const environment = admissionEnvironment({ params: true, authorizer: true, mode: 'stored' });

/** What `object` is, and expressions with their result as show() writes it and their cost, null if they do not compile. */
interface Cases {
  readonly object: unknown;
  readonly cases: readonly (readonly [expression: string, result: string, cost: number | null])[];
}

/**
 * Evaluates each row of a file beside this one as an expression of an admission policy. The rows were put to the API
 * server's own evaluator, k8s.io/apiserver 0.37.2 with cel-go 0.29.2.
 */
export function evaluateKubernetesCases(t: ExecutionContext, file: string): void {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const { object, cases } = parseJson(text) as Cases;
  const value = fromJson(object);
  for (const [expression, result, cost] of cases) {
    t.deepEqual(resultOf(expression, value), { result, cost }, expression);
  }
}

/** Evaluates an expression that compiles. */
export function evaluate(expression: string, object: Value = null): Evaluation {
  const program = compile(expression, environment);
  if (Array.isArray(program)) throw new Error(`${expression}: ${program[0]?.message}`);
  const variables: Record<string, Value> = {
    object,
    authorizer: authorizerValue,
    'authorizer.requestResource': requestResourceValue,
  };
  return program.evaluate((name) => variables[name]);
}

function resultOf(expression: string, object: Value): { result: string; cost: number | null } {
  const program = compile(expression, environment);
  if (Array.isArray(program)) return { result: `problem: ${program[0]?.message}`, cost: null };
  const { value, cost } = evaluate(expression, object);
  return { result: show(value), cost };
}
