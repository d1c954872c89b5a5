// All plans there are: a fault of each sort at each place of a run without faults.
import { isWrite } from './journal.ts';
import { EVENT_FAULTS, OTHER_FAULTS, type Plan, READ_FAULTS, WRITE_FAULTS } from './plan.ts';
import type { Run } from './run-plan.ts';
import type { Reference } from './verdict.ts';

/**
 * No write is made on condition of the policies, so an old answer about them shows nowhere. They are asked for in their
 * newest state, which the invariant "current" holds.
 */
const NO_CONDITION = 'policybundles';
const REPLACEABLE = new Set(['deployments', 'services', 'ingresses']);

/** Returns what later runs are compared with. Two runs tell which lines differ anyway. */
export function referenceOf([one, other]: readonly [Run, Run]): Reference {
  const masked = new Set<string>();
  for (const [step, flat] of one.flats) {
    for (const [line, value] of flat) {
      if (other.flats.get(step)?.get(line) !== value) masked.add(line);
    }
  }
  return { flats: one.flats, masked, entries: one.entries };
}

/** Returns the plans for the places that both runs came to. */
export function enumeratePlans([one, other]: readonly [Run, Run]): Plan[] {
  const both = new Set([...other.entries.map(({ id }) => id), ...other.messages]);
  const entries = one.entries.filter(({ id }) => both.has(id));
  const writes = entries.filter(isWrite);
  const reads = entries.filter(
    (entry) => !isWrite(entry) && entry.older && entry.resource !== NO_CONDITION,
  );
  const messages = one.messages.filter((id) => both.has(id));
  const sorts = new Map(
    writes.toReversed().map((write) => [`${write.verb} ${write.resource}`, write]),
  );
  const over = writes.filter(({ resource, status }) => REPLACEABLE.has(resource) && status === 200);
  const [forbidden, stranger] = OTHER_FAULTS;
  const plans = (faults: readonly Plan['fault'][], places: readonly string[]) =>
    faults.flatMap((fault) => places.map((at) => ({ fault, at })));
  const idsOf = (found: Iterable<{ id: string }>) => [...found].map(({ id }) => id);
  return [
    ...plans(WRITE_FAULTS, idsOf(writes)),
    ...plans(READ_FAULTS, idsOf(reads)),
    ...plans(EVENT_FAULTS, messages),
    ...plans([forbidden], idsOf(sorts.values())),
    ...plans([stranger], idsOf(over)),
  ];
}

/** Returns about `count` plans, evenly spread over all sorts and places; always the same ones. */
export function spread<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as T);
}
