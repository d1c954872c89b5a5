import type { Call, Expr } from '../syntax/ast.ts';
import { operators } from '../syntax/operators.ts';
import { goInputTypeName, goTypeName } from '../values/go-type-name.ts';
import type { Value } from '../values/values.ts';
import { qualify, resolverOf, sourceOf } from './attribute.ts';
import { attributeOf } from './plan-name.ts';
import { PlanFault, type Planned, type Planning } from './planning.ts';
import {
  computedQualifier,
  constantQualifier,
  invalidKey,
  isKey,
  type Qualifier,
} from './qualifier.ts';

/** Plans `a[b]`, `a[?b]` and `a.?b`, which carry on the attribute that a is. */
export function planIndex(planning: Planning, call: Call): Planned {
  const [operand, key] = call.args as [Expr, Expr];
  const of = attributeOf(planning.plan(operand));
  const isDotted = sourceOf(of) === 'dotted-input';
  const by = isDotted ? planning.planWithoutLocals(key) : planning.plan(key);
  const qualifier = qualifierOf(by, call.function !== operators.index);
  return { kind: 'attribute', attribute: qualify(of, qualifier), testOnly: false };
}

function qualifierOf(key: Planned, optional: boolean): Qualifier {
  switch (key.kind) {
    case 'constant':
      refuseInvalid(key.value);
      return constantQualifier(key.value, optional);
    case 'step':
      return computedQualifier(key.step, optional, goTypeName);
    case 'attribute': {
      const { attribute } = key;
      const describe = sourceOf(attribute) === 'expression' ? goTypeName : goInputTypeName;
      return computedQualifier(resolverOf(attribute), optional, describe);
    }
  }
}

function refuseInvalid(key: Value): void {
  if (!isKey(key)) throw new PlanFault(invalidKey(goTypeName(key)).message);
}
