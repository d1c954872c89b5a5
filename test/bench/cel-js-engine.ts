import { Environment, EvaluationError, TypeError as IllTyped, type ParseResult } from 'cel-js';
import { type Engine, perSecond } from './engine.ts';

const environment = new Environment().registerVariable('object', 'map');

/** The npm package @marcbachmann/cel-js as it comes: without cost and without the libraries of Kubernetes. */
export const celJs: Engine = {
  name: 'cel-js',
  knows: (expression) => environment.check(expression).valid,
  verdict: async (expression, json) => ({ value: evaluate(compile(expression), json) }),
  evaluations: async (expression, json, milliseconds) => {
    const program = compile(expression);
    const input = read(json);
    return perSecond(milliseconds, () => program(input));
  },
  compilations: async (expression, milliseconds) =>
    perSecond(milliseconds, () => compile(expression).check()),
  readings: async (json, milliseconds) => perSecond(milliseconds, () => read(json)),
};

function compile(expression: string): ParseResult {
  return environment.parse(expression);
}

function evaluate(program: ParseResult, json: string): string {
  try {
    return String(program(read(json)));
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof IllTyped)
      return `error: ${error.message}`;
    throw error;
  }
}

/** It takes a number for a double, so integers have to be bigint. */
function read(json: string): { object: unknown } {
  const object = JSON.parse(json, (_, value) => (Number.isInteger(value) ? BigInt(value) : value));
  return { object };
}
