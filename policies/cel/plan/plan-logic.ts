import { CelError, noSuchOverload, Optional, type Value } from '../values/values.ts';
import { spend } from './cost.ts';
import type { Step } from './frame.ts';
import { attributeOf } from './plan-name.ts';
import { stepIn } from './planned-step.ts';
import { type Planned, stepOf } from './planning.ts';

type Args = readonly Planned[];

/** Plans the operators that do not evaluate all of their arguments or take errors for one. */
export type LogicRule = (args: Args) => Planned;

function steps(args: Args): [Step, Step] {
  return args.map(stepIn) as [Step, Step];
}

/** False on either side wins over an error on the other; the first error counts. */
export const planAnd: LogicRule = (args) => {
  const [left, right] = steps(args);
  return stepOf((frame) => {
    const a = left(frame);
    if (a === false) return false;
    const b = right(frame);
    if (b === false) return false;
    return a === true && b === true ? true : undecided(a === true ? b : a);
  });
};

/** True on either side wins over an error on the other; the first error counts. */
export const planOr: LogicRule = (args) => {
  const [left, right] = steps(args);
  return stepOf((frame) => {
    const a = left(frame);
    if (a === true) return true;
    const b = right(frame);
    if (b === true) return true;
    return a === false && b === false ? false : undecided(a === false ? b : a);
  });
};

function undecided(value: Value): CelError {
  return value instanceof CelError ? value : noSuchOverload;
}

/** A choice is an attribute, so that `(a ? b : c).d` selects from the side that was chosen. */
export const planConditional: LogicRule = ([condition, truthy, falsy]) => ({
  kind: 'attribute',
  attribute: {
    kind: 'conditional',
    condition: stepIn(condition as Planned),
    truthy: attributeOf(truthy as Planned),
    falsy: attributeOf(falsy as Planned),
  },
  testOnly: false,
});

/** Takes errors for true: a loop goes on after them. */
export const planNotStrictlyFalse: LogicRule = ([arg]) => {
  const step = stepIn(arg as Planned);
  return stepOf((frame) => {
    const value = step(frame);
    spend(frame, 1);
    return value !== false;
  });
};

/** `a.or(b)` is free and evaluates b only where a has no value. */
export const planOptionalOr: LogicRule = (args) => {
  const [left, right] = steps(args);
  return stepOf((frame) => {
    const optional = left(frame);
    if (optional instanceof Optional) return optional.value === undefined ? right(frame) : optional;
    return undecided(optional);
  });
};

/** `a.orValue(b)` is free and evaluates b only where a has no value. */
export const planOptionalOrValue: LogicRule = (args) => {
  const [left, right] = steps(args);
  return stepOf((frame) => {
    const optional = left(frame);
    if (!(optional instanceof Optional)) return undecided(optional);
    return optional.value === undefined ? right(frame) : optional.value;
  });
};
