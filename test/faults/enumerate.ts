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

/** Runs without a fault: the first, and others that tell what differs from run to run anyway. */
export type FaultlessRuns = readonly [Run, ...Run[]];

/** Returns what later runs are compared with. */
export function referenceOf([one, ...others]: FaultlessRuns): Reference {
  const masked = new Set<string>();
  for (const [step, flat] of one.flats) {
    for (const [line, value] of flat) {
      if (others.some(({ flats }) => flats.get(step)?.get(line) !== value)) masked.add(line);
    }
  }
  return { flats: one.flats, masked, entries: one.entries };
}

/** Returns the plans for the places that all runs came to. */
export function enumeratePlans([one, ...others]: FaultlessRuns): Plan[] {
  const places = others.map((other) => new Set([...other.entries.map(idIn), ...other.messages]));
  const isIn = (id: string) => places.every((all) => all.has(id));
  const entries = one.entries.filter(({ id }) => isIn(id));
  const writes = entries.filter(isWrite);
  const reads = entries.filter(
    (entry) => !isWrite(entry) && entry.older && entry.resource !== NO_CONDITION,
  );
  const messages = one.messages.filter(isIn);
  const sorts = new Map(
    writes.toReversed().map((write) => [`${write.verb} ${write.resource}`, write]),
  );
  const over = writes.filter(({ resource, status }) => REPLACEABLE.has(resource) && status === 200);
  const [forbidden, stranger] = OTHER_FAULTS;
  const plans = (faults: readonly Plan['fault'][], places: readonly string[]) =>
    faults.flatMap((fault) => places.map((at) => ({ fault, at })));
  const idsOf = (found: Iterable<{ id: string }>) => [...found].map(idIn);
  return [
    ...plans(WRITE_FAULTS, idsOf(writes)),
    ...plans(READ_FAULTS, idsOf(reads)),
    ...plans(EVENT_FAULTS, messages),
    ...plans([forbidden], idsOf(sorts.values())),
    ...plans([stranger], idsOf(over)),
  ];
}

function idIn({ id }: { id: string }): string {
  return id;
}

/** Returns about `count` plans, evenly spread over all sorts and places; always the same ones. */
export function spread<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as T);
}
