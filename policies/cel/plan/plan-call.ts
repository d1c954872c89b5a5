import type { Call } from '../syntax/ast.ts';
import { operators } from '../syntax/operators.ts';
import { planAccumulation } from './accumulation.ts';
import { type CallSite, callSite, siteStep } from './call-site.ts';
import { foldConversion } from './fold.ts';
import { planMembership } from './membership.ts';
import { planIndex } from './plan-index.ts';
import {
  type LogicRule,
  planAnd,
  planConditional,
  planNotStrictlyFalse,
  planOptionalOr,
  planOptionalOrValue,
  planOr,
} from './plan-logic.ts';
import { planPattern } from './plan-pattern.ts';
import { type Planned, type Planning, stepOf } from './planning.ts';

const LOGIC: ReadonlyMap<string, LogicRule> = new Map([
  [operators.and, planAnd],
  [operators.or, planOr],
  [operators.conditional, planConditional],
  [operators.notStrictlyFalse, planNotStrictlyFalse],
  ['or', planOptionalOr],
  ['orValue', planOptionalOrValue],
]);

const INDEXING: ReadonlySet<string> = new Set([
  operators.index,
  operators.optionalIndex,
  operators.optionalSelect,
]);

/** Plans calls that are more than the call of a function; what gives undefined leaves the call to the next one. */
type CallRule = (site: CallSite) => Planned | undefined;

const RULES: readonly CallRule[] = [
  foldConversion,
  planMembership,
  planPattern,
  planAccumulation,
  (site) => stepOf(siteStep(site)),
];

export function planCall(planning: Planning, call: Call): Planned {
  if (INDEXING.has(call.function)) return planIndex(planning, call);
  const site = callSite(planning, call);
  const rule = LOGIC.get(call.function);
  return rule ? rule(site.args) : firstPlan(site);
}

function firstPlan(site: CallSite): Planned {
  for (const rule of RULES) {
    const planned = rule(site);
    if (planned) return planned;
  }
  throw new Error(`no plan for ${site.name}`);
}
