import { CelError, type Value } from '../values/values.ts';
import { type CallSite, siteStep } from './call-site.ts';
import { constantFrame, type Step } from './frame.ts';
import { constant, PlanFault, type Planned } from './planning.ts';

const CONVERSIONS: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'int',
  'string',
  'timestamp',
  'type',
  'uint',
]);

/**
 * Evaluates a conversion of a constant while it is planned, so that it costs nothing.
 *
 * @throws PlanFault where it gives an error, as the API server refuses the expression then
 */
export function foldConversion(site: CallSite): Planned | undefined {
  const [arg] = site.args;
  if (site.args.length !== 1 || arg?.kind !== 'constant' || !CONVERSIONS.has(site.name)) {
    return undefined;
  }
  const value = evaluateNow(siteStep(site));
  if (value instanceof CelError) throw new PlanFault(value.message);
  return constant(value);
}

/** Makes a list or map of constants while it is planned, so that it costs nothing; it may be an error. */
export function foldLiteral(parts: readonly Planned[], step: Step): Planned {
  const isConstant = parts.every(({ kind }) => kind === 'constant');
  return isConstant ? constant(evaluateNow(step)) : { kind: 'step', step };
}

function evaluateNow(step: Step): Value {
  return step(constantFrame());
}
