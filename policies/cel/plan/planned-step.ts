import { Optional } from '../values/values.ts';
import { type Attribute, resolverOf } from './attribute.ts';
import { refundOne, spend } from './cost.ts';
import type { Step } from './frame.ts';
import type { Planned } from './planning.ts';

/** Returns what evaluates a part of an expression. */
export function stepIn(planned: Planned): Step {
  switch (planned.kind) {
    case 'constant': {
      const { value } = planned;
      return () => value;
    }
    case 'step':
      return planned.step;
    case 'attribute':
      return planned.testOnly ? presenceStep(planned.attribute) : attributeStep(planned.attribute);
  }
}

/** An attribute costs a unit, which a choice between two attributes is free of. */
function attributeStep(attribute: Attribute): Step {
  const resolve = resolverOf(attribute);
  if (attribute.kind === 'conditional') return resolve;
  return (frame) => {
    const value = resolve(frame);
    spend(frame, 1);
    return value;
  };
}

/** has() is free of the unit of its attribute even where that was not charged. */
function presenceStep(attribute: Attribute): Step {
  const resolve = resolverOf(attribute);
  const isChoice = attribute.kind === 'conditional';
  return (frame) => {
    const value = resolve(frame);
    if (isChoice) refundOne(frame);
    return value instanceof Optional ? value.value !== undefined : value;
  };
}
