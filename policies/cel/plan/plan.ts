import type { Checked } from '../check/checker.ts';
import type { Environment } from '../environment.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Step } from './frame.ts';
import { planCall } from './plan-call.ts';
import { planComprehension } from './plan-comprehension.ts';
import { planList } from './plan-list.ts';
import { planLiteral } from './plan-literal.ts';
import { planMap } from './plan-map.ts';
import { planMessage } from './plan-message.ts';
import { planIdent, planSelect } from './plan-name.ts';
import { stepIn } from './planned-step.ts';
import { Planning, type Rules } from './planning.ts';

const rules: Rules = {
  literal: planLiteral,
  ident: planIdent,
  select: planSelect,
  call: planCall,
  list: planList,
  map: planMap,
  struct: planMessage,
  comprehension: planComprehension,
};

/** What evaluates an expression. */
export interface Plan {
  readonly step: Step;
  /** How many variables of comprehensions a frame needs. */
  readonly slots: number;
}

/**
 * Turns an expression that was checked without problems into what evaluates it. What is constant is evaluated now.
 *
 * @throws PlanFault where the API server refuses the expression only when it makes the program
 */
export function plan(expr: Expr, checked: Checked, environment: Environment): Plan {
  const planning = new Planning(environment, checked, rules);
  const step = stepIn(planning.plan(expr));
  return { step, slots: planning.slots };
}
