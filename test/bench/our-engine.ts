import { type Activation, compile, type Program } from '../../policies/cel/compile.ts';
import { admissionEnvironment } from '../../policies/cel/kubernetes-environment.ts';
import { fromJson, parseJson } from '../../policies/cel/values/json.ts';
import { CelError } from '../../policies/cel/values/values.ts';
import { type Engine, perSecond } from './engine.ts';

const environment = admissionEnvironment({ params: false, authorizer: true, mode: 'stored' });

/** This project's engine, with cost, in the API server's environment. */
export const ours: Engine = {
  name: 'ours',
  knows: () => true,
  verdict: async (expression, json) => {
    const { value, cost } = programOf(expression).evaluate(activationOf(json));
    return { value: value instanceof CelError ? `error: ${value.message}` : String(value), cost };
  },
  evaluations: async (expression, json, milliseconds) => {
    const program = programOf(expression);
    const activation = activationOf(json);
    return perSecond(milliseconds, () => program.evaluate(activation));
  },
  compilations: async (expression, milliseconds) =>
    perSecond(milliseconds, () => compile(expression, environment)),
  readings: async (json, milliseconds) => perSecond(milliseconds, () => fromJson(parseJson(json))),
};

function programOf(expression: string): Program {
  const program = compile(expression, environment);
  if (Array.isArray(program)) throw new Error(`${expression}: ${program[0]?.message}`);
  return program;
}

function activationOf(json: string): Activation {
  const object = fromJson(parseJson(json));
  return (name) => (name === 'object' ? object : undefined);
}
