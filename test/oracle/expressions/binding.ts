// The variables of a signature: what they must be for a result, and what they are where nothing decides.
import { listOf, mapOf, type Type } from '../../../policies/cel/types/types.ts';

/** Returns what the variables must be for the result to be the goal; undefined where it never is. */
export function bind(
  pattern: Type,
  goal: Type,
  bound: Map<string, Type>,
): Map<string, Type> | undefined {
  if (pattern.kind === 'parameter') return bound.set(pattern.name, goal);
  if (pattern.kind === 'dyn') return bound;
  if (pattern.kind !== goal.kind) return undefined;
  if ('name' in pattern && 'name' in goal && pattern.name !== goal.name) return undefined;
  const [inner, outer] = [partsOf(pattern), partsOf(goal)];
  for (const [index, part] of inner.entries()) {
    const wanted = outer[index];
    if (wanted === undefined || bind(part, wanted, bound) === undefined) return undefined;
  }
  return bound;
}

function partsOf(type: Type): readonly Type[] {
  if (type.kind === 'list') return [type.element];
  if (type.kind === 'map') return [type.key, type.value];
  return type.kind === 'opaque' ? type.parameters : [];
}

/** Fills in the variables; those that nothing decides are chosen, and are the same from then on. */
export function concrete(type: Type, bound: Map<string, Type>, choose: () => Type): Type {
  const fill = (part: Type) => concrete(part, bound, choose);
  switch (type.kind) {
    case 'parameter': {
      const known = bound.get(type.name) ?? choose();
      bound.set(type.name, known);
      return known;
    }
    case 'list':
      return listOf(fill(type.element));
    case 'map':
      return mapOf(fill(type.key), fill(type.value));
    case 'opaque':
      return { ...type, parameters: type.parameters.map(fill) };
    default:
      return type;
  }
}
