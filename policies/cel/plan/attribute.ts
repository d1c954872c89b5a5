import { CelError, CelMap, noSuchOverload, Optional, type Value } from '../values/values.ts';
import { spend, uncounted } from './cost.ts';
import type { Frame, Step } from './frame.ts';
import type { Qualifier } from './qualifier.ts';

/**
 * Where the value of an attribute comes from: an expression or variable of a comprehension, a variable of the
 * environment, or one of these whose leading dot tells it from a variable of a comprehension. What follows on the last
 * kind knows no variables of comprehensions and costs nothing.
 */
export type Source = 'expression' | 'input' | 'dotted-input';

/** A variable or value with a qualifier after it, or a choice between two attributes. */
export type Attribute =
  | {
      readonly kind: 'root';
      readonly root: Step;
      readonly source: Source;
    }
  | { readonly kind: 'qualified'; readonly of: Attribute; readonly qualifier: Qualifier }
  | {
      readonly kind: 'conditional';
      readonly condition: Step;
      readonly truthy: Attribute;
      readonly falsy: Attribute;
    };

/** Adds a qualifier; to a choice it is added on both sides. */
export function qualify(attribute: Attribute, qualifier: Qualifier): Attribute {
  if (attribute.kind !== 'conditional') return { kind: 'qualified', of: attribute, qualifier };
  return {
    ...attribute,
    truthy: qualify(attribute.truthy, qualifier),
    falsy: qualify(attribute.falsy, qualifier),
  };
}

/** Returns where the value of an attribute comes from; of two sources the first kind in the list of kinds. */
export function sourceOf(attribute: Attribute): Source {
  let base = attribute;
  while (base.kind === 'qualified') base = base.of;
  if (base.kind === 'root') return base.source;
  const [a, b] = [sourceOf(base.truthy), sourceOf(base.falsy)];
  if (a === b) return a;
  return a === 'expression' || b === 'expression' ? 'expression' : 'input';
}

/** Returns what resolves an attribute. It charges for the qualifiers, and not for the attribute as a whole. */
export function resolverOf(attribute: Attribute): Step {
  const qualifiers: Qualifier[] = [];
  let base = attribute;
  for (; base.kind === 'qualified'; base = base.of) qualifiers.push(base.qualifier);
  const root = base.kind === 'root' ? base.root : conditionalResolver(base);
  if (qualifiers.length === 0) return root;
  const resolver = qualifiedResolver(root, qualifiers.reverse());
  return sourceOf(base) === 'dotted-input' ? uncounted(resolver) : resolver;
}

function conditionalResolver(attribute: Attribute & { kind: 'conditional' }): Step {
  const { condition } = attribute;
  const truthy = resolverOf(attribute.truthy);
  const falsy = resolverOf(attribute.falsy);
  return (frame) => {
    const chosen = condition(frame);
    if (chosen === true) return truthy(frame);
    if (chosen === false) return falsy(frame);
    return chosen instanceof CelError ? chosen : noSuchOverload;
  };
}

function qualifiedResolver(root: Step, qualifiers: readonly Qualifier[]): Step {
  const first = qualifiers.findIndex(({ field }) => field === undefined);
  const fields = first < 0 ? qualifiers : qualifiers.slice(0, first);
  const others = first < 0 ? [] : qualifiers.slice(first);
  return (frame) => {
    const start = root(frame);
    if (start instanceof CelError) return start;
    if (start instanceof Optional) return resolveOptional(frame, start, qualifiers);
    const value = selectFields(frame, start, fields);
    return others.length === 0 || value instanceof CelError ? value : resolve(frame, value, others);
  };
}

/** Selects one field after the other; nearly all of an expression's time is spent here. */
function selectFields(frame: Frame, start: Value, fields: readonly Qualifier[]): Value {
  let value = start;
  for (let i = 0; i < fields.length; i++) {
    const qualifier = fields[i] as Qualifier;
    spend(frame, 1);
    const found = value instanceof CelMap ? value.get(qualifier.field as string) : undefined;
    value = found === undefined ? qualifier.get(frame, value) : found;
    if (value instanceof CelError) return value;
  }
  return value;
}

function resolve(frame: Frame, start: Value, qualifiers: readonly Qualifier[]): Value {
  let value = start;
  for (let i = 0; i < qualifiers.length; i++) {
    const qualifier = qualifiers[i] as Qualifier;
    if (qualifier.optional) return findRest(frame, value, qualifiers.slice(i));
    value = qualifier.get(frame, value);
    spend(frame, 1);
    if (value instanceof CelError) return value;
  }
  return value;
}

function resolveOptional(
  frame: Frame,
  { value }: Optional,
  qualifiers: readonly Qualifier[],
): Value {
  return value === undefined ? Optional.none : findRest(frame, value, qualifiers);
}

/** From the first optional on, what is not there gives no error, and costs nothing. */
function findRest(frame: Frame, start: Value, qualifiers: readonly Qualifier[]): Value {
  let value = start;
  for (const qualifier of qualifiers) {
    const found = qualifier.find(frame, value);
    if (found === undefined) return Optional.none;
    if (found instanceof CelError) return found;
    spend(frame, 1);
    value = found;
  }
  return new Optional(value);
}
