// Second faults: what only a failure writes (the count, the status and the event that tell of it) and the attempt after
// the back-off are in no run without a fault, so their places come from runs with one.
import { ANNOTATION } from '../../gitops/webapp.ts';
import { type Entry, isWrite } from './journal.ts';
import { type Fault, type Plan, READ_FAULTS, REFUSED, SECOND_FAULTS } from './plan.ts';
import type { Run } from './run-plan.ts';

/** One failure of each sort: of a visit and of a sync, one that passes and one that waits for a change. */
export const FAILURES: readonly Fault[] = [
  { fault: 'error-503', at: 'create/apply.deployments.alpha.1' },
  { fault: REFUSED, at: 'change/apply.deployments.alpha.1' },
  { fault: 'error-503', at: 'create/apply.webapps.alpha.1' },
  { fault: REFUSED, at: 'change/apply.webapps.alpha.1' },
  // The note that comes before any WebApp: the sync fails as a whole.
  { fault: 'error-503', at: 'change/apply.webappsources-status.fleet.1' },
];

/** Returns the plans that have `first` and one more, for the places that all runs with `first` alone came to. */
export function enumerateSeconds(first: Fault, [one, ...others]: readonly [Run, ...Run[]]): Plan[] {
  const places = others.map(({ way }) => new Set(way.map(({ id }) => id)));
  const way = one.way.filter(({ id }) => places.every((all) => all.has(id)));
  const failing = one.entries.find(({ id }) => id === first.at)?.delivery;
  const isOfFailure = (entry: Entry) =>
    retryIn(entry) !== undefined ||
    isAgain(entry, first) ||
    (entry.delivery === failing && tells(entry));
  const plans = (faults: readonly Fault['fault'][], found: readonly Entry[]) =>
    faults.flatMap((fault) => found.map(({ id: at }) => ({ ...first, second: { fault, at } })));
  const writes = way.filter((entry) => isWrite(entry) && isOfFailure(entry));
  return [...plans(SECOND_FAULTS, writes), ...plans(READ_FAULTS, readsBeforeClear(way))];
}

/** The attempt that clears the count reads its object: the version before has another status, or none. */
function readsBeforeClear(way: readonly Entry[]): Entry[] {
  const clear = way.find((entry) => retryIn(entry) === null);
  return way.filter(
    ({ verb, older, delivery, path }) =>
      verb === 'get' && older && delivery === clear?.delivery && path === clear.path,
  );
}

/** Returns the count that a request writes, null where it clears one. */
function retryIn({ body }: Entry): string | null | undefined {
  return body?.metadata?.annotations?.[ANNOTATION.retry];
}

/** Whether the request that failed is sent once more. */
function isAgain({ id }: Entry, { at }: Fault): boolean {
  return withoutNumber(id) === withoutNumber(at);
}

function withoutNumber(place: string): string {
  return place.replace(/\.\d+$/, '');
}

function tells({ resource }: Entry): boolean {
  return resource === 'events' || resource.endsWith('-status');
}
