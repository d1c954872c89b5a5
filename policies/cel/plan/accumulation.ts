import type { CallCost } from '../library.ts';
import { operators } from '../syntax/operators.ts';
import { CelError, noSuchOverload, type Value } from '../values/values.ts';
import type { CallSite } from './call-site.ts';
import { spend } from './cost.ts';
import type { Step } from './frame.ts';
import { binaryOf } from './invocation.ts';
import { stepIn } from './planned-step.ts';
import { type Local, type Planned, stepOf } from './planning.ts';

/**
 * Plans `accumulator + list`. Where a comprehension folds into a list that was empty at first, the step adds to that same
 * list, as in cel-go: to make a new one each time would take a time that grows with the square of its size.
 */
export function planAccumulation(site: CallSite): Planned | undefined {
  const [first, second] = site.args;
  if (site.name !== operators.add || first?.kind !== 'attribute' || !second) return undefined;
  const { accumulator } = first;
  return accumulator && stepOf(appendStep(site, accumulator));
}

function appendStep(site: CallSite, { slot }: Local): Step {
  const [left, right] = site.args.map(stepIn) as [Step, Step];
  const { cost = oneUnit } = site;
  const run = binaryOf(site);
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    const grows = Array.isArray(a) && frame.locals[flagOf(slot)] === true;
    const result = grows ? append(a, b) : run(a, b);
    spend(frame, cost([a, b], result));
    return result;
  };
}

const oneUnit: CallCost = () => 1;

/** Returns the slot that tells whether the accumulator of a slot is a list that grows. */
export function flagOf(slot: number): number {
  return slot + 1;
}

/** The list may be added to itself. */
function append(list: Value[], more: Value): Value {
  if (more instanceof CelError) return more;
  if (!Array.isArray(more)) return noSuchOverload;
  const size = more.length;
  for (let i = 0; i < size; i++) list.push(more[i]);
  return list;
}
