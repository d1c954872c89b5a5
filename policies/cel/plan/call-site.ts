import type { CallCost, Overload } from '../library.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import { type CallPlan, callStep } from './call-step.ts';
import { costOf } from './cost.ts';
import type { Step } from './frame.ts';
import { stepIn } from './planned-step.ts';
import { PlanFault, type Planned, type Planning } from './planning.ts';

/** A call of a function whose arguments are planned. */
export interface CallSite {
  readonly name: string;
  readonly args: readonly Planned[];
  /** The overload that the checker found, undefined where it left several. */
  readonly sole: Overload | undefined;
  readonly overloads: readonly Overload[];
  readonly cost: CallCost | undefined;
}

/** cel-go gives these arguments in a list although they are two, and so stops at the first error among them. */
const VARIADIC: ReadonlySet<string> = new Set(['string_format']);

/** Plans the arguments of a call. */
export function callSite(planning: Planning, call: Call): CallSite {
  const found = overloadsOf(planning, call);
  const name = found[0]?.name ?? call.function;
  const args = argumentsOf(call, found).map((each) => planning.plan(each));
  const all = planning.environment.function(name) ?? found;
  return {
    name,
    args,
    sole: found.length === 1 ? found[0] : undefined,
    overloads: all.filter((each) => each.args.length === args.length),
    cost: costOf(found),
  };
}

function overloadsOf(planning: Planning, call: Call): readonly Overload[] {
  const reference = planning.reference(call);
  if (reference?.kind === 'overloads') return reference.overloads;
  throw new PlanFault(`no such overload: ${call.function}`);
}

/** The target is an argument unless it is part of the name of a function: `ip.isCanonical(x)`. */
function argumentsOf({ target, args }: Call, found: readonly Overload[]): readonly Expr[] {
  return target && found[0]?.member ? [target, ...args] : args;
}

/** Returns what evaluates the call. */
export function siteStep(site: CallSite): Step {
  return callStep(callPlanOf(site));
}

function callPlanOf(site: CallSite): CallPlan {
  const { sole, overloads, args, cost } = site;
  const isDispatched = overloads[0]?.dispatch !== undefined;
  return {
    callee: site,
    args: args.map(stepIn),
    cost,
    stopsAtError: sole ? VARIADIC.has(sole.id) : !isDispatched,
  };
}
