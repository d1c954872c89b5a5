import { type Overload, overload } from '../../library.ts';
import { noSuchOverload, type Value } from '../../values/values.ts';
import { dispatchedBy } from '../dispatch.ts';

const not = (value: Value): Value => (typeof value === 'boolean' ? !value : noSuchOverload);

/**
 * The logical operators. All but `!` take errors as arguments and evaluate only what they need, so that the interpreter
 * has its own code for them and these only declare their types.
 */
export const logic: readonly Overload[] = [
  overload(
    'conditional',
    '_?_:_(bool, <A>, <A>) -> <A>',
    (condition: boolean, a: Value, b: Value) => (condition ? a : b),
  ),
  overload('logical_and', '_&&_(bool, bool) -> bool', (a: boolean, b: boolean) => a && b),
  overload('logical_or', '_||_(bool, bool) -> bool', (a: boolean, b: boolean) => a || b),
  overload(
    'not_strictly_false',
    '@not_strictly_false(bool) -> bool',
    (value: Value) => value !== false,
  ),
  ...dispatchedBy(not, [overload('logical_not', '!_(bool) -> bool', not)]),
];
