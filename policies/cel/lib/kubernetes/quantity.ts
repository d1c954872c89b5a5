import { type CallCost, type Library, overload, withCost } from '../../library.ts';
import { sizeOf, traversalCost } from '../../values/size.ts';
import { CelError } from '../../values/values.ts';
import { comparisons } from './comparisons.ts';
import { parseQuantity } from './quantity-parse.ts';
import { Quantity } from './quantity-value.ts';

const parseCost: CallCost = ([text = '']) => traversalCost(sizeOf(text));

const noInteger = new CelError('cannot convert value to integer');

/** Functions of kubernetes.Quantity, the amounts such as 500m and 2Gi. */
export const quantity: Library = {
  name: 'kubernetes.quantity',
  overloads: [
    ...withCost(parseCost, [
      overload('string_to_quantity', 'quantity(string) -> kubernetes.Quantity', parseQuantity),
      overload(
        'is_quantity_string',
        'isQuantity(string) -> bool',
        (text: string) => parseQuantity(text) instanceof Quantity,
      ),
    ]),
    overload('quantity_sign', 'sign(kubernetes.Quantity) -> int', (of: Quantity) =>
      BigInt(of.sign()),
    ),
    overload(
      'quantity_is_integer',
      'kubernetes.Quantity.isInteger() -> bool',
      (of: Quantity) => of.toInt64() !== undefined,
    ),
    overload(
      'quantity_get_int',
      'kubernetes.Quantity.asInteger() -> int',
      (of: Quantity) => of.toInt64() ?? noInteger,
    ),
    overload(
      'quantity_get_float',
      'kubernetes.Quantity.asApproximateFloat() -> double',
      (of: Quantity) => of.toApproximateFloat(),
    ),
    overload(
      'quantity_add',
      'kubernetes.Quantity.add(kubernetes.Quantity) -> kubernetes.Quantity',
      (a: Quantity, b: Quantity) => a.add(b),
    ),
    overload(
      'quantity_add_int',
      'kubernetes.Quantity.add(int) -> kubernetes.Quantity',
      (a: Quantity, b: bigint) => a.add(Quantity.ofInt64(b)),
    ),
    overload(
      'quantity_sub',
      'kubernetes.Quantity.sub(kubernetes.Quantity) -> kubernetes.Quantity',
      (a: Quantity, b: Quantity) => a.subtract(b),
    ),
    overload(
      'quantity_sub_int',
      'kubernetes.Quantity.sub(int) -> kubernetes.Quantity',
      (a: Quantity, b: bigint) => a.subtract(Quantity.ofInt64(b)),
    ),
    ...comparisons('quantity', 'kubernetes.Quantity'),
  ],
};
