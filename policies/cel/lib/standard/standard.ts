import { type Library, overload } from '../../library.ts';
import { standardMacros } from '../../macros/macros.ts';
import { select } from '../../values/indexing.ts';
import { dispatchedBy } from '../dispatch.ts';
import { arithmetic } from './standard-arithmetic.ts';
import { conversions } from './standard-conversions.ts';
import { logic } from './standard-logic.ts';
import { relations } from './standard-relations.ts';
import { strings } from './standard-strings.ts';
import { time } from './standard-time.ts';

export { optionals } from '../optional.ts';

const indexing = dispatchedBy(select, [
  overload('index_list', '_[_](list(<A>), int) -> <A>', select),
  overload('index_map', '_[_](map(<A>, <B>), <A>) -> <B>', select),
]);

/** The functions and operators of the CEL language itself. */
export const standard: Library = {
  name: 'standard',
  overloads: [
    ...logic,
    ...relations,
    ...arithmetic,
    ...indexing,
    ...strings,
    ...conversions,
    ...time,
  ],
  macros: standardMacros,
};
