import type { Implementation, Overload } from '../library.ts';
import { type Kind, kindOf } from '../values/value-type.ts';
import { CelError, noSuchOverload, type Value } from '../values/values.ts';

/** Kinds of values that cel-go asks for a method of theirs before it gives up, so that the answer names no function. */
const RECEIVERS: ReadonlySet<Kind> = new Set<Kind>(['duration', 'string', 'timestamp']);

type Table<Entry> = Partial<Record<Kind, Entry>>;

/**
 * Lets overloads of one function be chosen by the kinds of the values alone. A first argument that none of them takes
 * gives `no such overload: _+_`, a second one `no such overload`.
 *
 * @param more overloads that no declaration mentions and that values of type dyn can still reach
 */
export function dispatching(
  overloads: readonly Overload[],
  more: readonly Overload[] = [],
): Overload[] {
  const all = [...overloads, ...more];
  const refuse = refusalOf(overloads[0]?.name ?? '');
  const dispatch = all[0]?.args.length === 1 ? byKind(all, refuse) : byKinds(all, refuse);
  return overloads.map((each) => ({ ...each, dispatch }));
}

/** Returns what says that a function takes no first argument of a kind. */
export function refusalOf(name: string): (kind: Kind) => CelError {
  const refusal = new CelError(`no such overload: ${name}`);
  return (kind) => (RECEIVERS.has(kind) ? noSuchOverload : refusal);
}

function byKind(overloads: readonly Overload[], refuse: (kind: Kind) => CelError): Implementation {
  const table: Table<Implementation> = {};
  for (const { args, run } of overloads) if (args[0]) table[args[0].kind] = run;
  return (a: Value) => {
    const kind = kindOf(a);
    const run = table[kind];
    return run ? run(a) : refuse(kind);
  };
}

function byKinds(overloads: readonly Overload[], refuse: (kind: Kind) => CelError): Implementation {
  const table: Table<Table<Implementation>> = {};
  for (const { args, run } of overloads) {
    const [first, second] = args;
    if (first && second) table[first.kind] = { ...table[first.kind], [second.kind]: run };
  }
  return (a: Value, b: Value) => {
    const kind = kindOf(a);
    const row = table[kind];
    if (!row) return refuse(kind);
    const run = row[kindOf(b)];
    return run ? run(a, b) : noSuchOverload;
  };
}

/** Gives overloads an implementation that takes any values itself. */
export function dispatchedBy(dispatch: Implementation, overloads: readonly Overload[]): Overload[] {
  return overloads.map((each) => ({ ...each, dispatch }));
}
