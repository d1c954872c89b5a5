import type { Implementation } from '../library.ts';
import { compileRegex } from '../regex/regex.ts';
import { runtimeTypeName } from '../values/value-type.ts';
import { CelError, noSuchOverload, Optional, TypeValue, type Value } from '../values/values.ts';
import type { CallSite } from './call-site.ts';
import { evaluateUpToError } from './call-step.ts';
import { spend } from './cost.ts';
import type { Frame, Step } from './frame.ts';
import { stepIn } from './planned-step.ts';
import { PlanFault, type Planned, stepOf } from './planning.ts';

const FUNCTIONS: ReadonlySet<string> = new Set(['find', 'findAll', 'matches']);

/**
 * Plans calls with a constant pattern, which has to be a good one for the expression to compile. Such a call is over when
 * the text is an error, so that it costs nothing then.
 *
 * @throws PlanFault for a bad pattern
 */
export function planPattern(site: CallSite): Planned | undefined {
  const [text, pattern, limit] = site.args;
  if (!FUNCTIONS.has(site.name) || pattern?.kind !== 'constant' || !text) return undefined;
  if (typeof pattern.value !== 'string') return undefined;
  const regex = compileRegex(pattern.value);
  if (regex instanceof CelError) throw new PlanFault(regex.message);
  const match = matcherOf(site, pattern.value);
  return stepOf(limit ? limitedStep(site, match) : matchStep(stepIn(text), match));
}

/** Finds a pattern in a text and charges for it. */
type Match = (frame: Frame, text: Value, limit?: Value) => Value;

function matchStep(text: Step, match: Match): Step {
  return (frame) => {
    const value = text(frame);
    return value instanceof CelError ? value : match(frame, value);
  };
}

function limitedStep({ args }: CallSite, match: Match): Step {
  const steps = args.map(stepIn);
  return (frame) => {
    const [text, pattern, limit] = evaluateUpToError(frame, steps);
    return pattern === undefined ? (text as Value) : match(frame, text as Value, limit);
  };
}

/** The program itself is left to the cache of programs, which keeps their number small. */
function matcherOf(site: CallSite, pattern: string): Match {
  const { cost } = site;
  const run = (site.sole ?? site.overloads[0])?.run as Implementation;
  return (frame, text, limit) => {
    const result = runOn(run, text, limit === undefined ? [pattern] : [pattern, limit]);
    const args = limit === undefined ? [text, pattern] : [text, pattern, limit];
    spend(frame, cost ? cost(args, result) : 1);
    return result;
  };
}

function runOn(run: Implementation, value: Value, [pattern, limit]: readonly Value[]): Value {
  const text = textOf(value);
  if (limit instanceof CelError) return limit;
  if (text === undefined || (limit !== undefined && typeof limit !== 'bigint')) {
    return noSuchOverload;
  }
  return limit === undefined ? run(text, pattern) : run(text, pattern, limit);
}

/** Types and optionals of texts are texts, too, for Go. */
function textOf(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof TypeValue) return runtimeTypeName(value.type);
  return value instanceof Optional ? textOf(value.value) : undefined;
}
