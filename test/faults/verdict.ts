// What must hold once all is over, beside a run without faults.
import { CHILD_KINDS, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { controllerOf } from '../../gitops/objects.ts';
import { ANNOTATION, annotation, LABEL } from '../../gitops/webapp.ts';
import type { Violation } from './invariants.ts';
import type { Entry, Fields } from './journal.ts';
import type { Plan } from './plan.ts';
import { differences, type Flat, type State } from './state.ts';

/** What a run without faults was like; `masked` are lines that differ between two of them. */
export interface Reference {
  readonly flats: ReadonlyMap<string, Flat>;
  readonly masked: ReadonlySet<string>;
  readonly entries: readonly Entry[];
}

/** Differences that are told; the rest is as wrong. */
const SHOWN = 3;

/** Compares what is there after a step with the same moment of the reference. */
export function compareStep(step: string, flat: Flat, { flats, masked }: Reference): Violation[] {
  const lines = differences(flats.get(step) ?? new Map(), flat, masked);
  if (lines.length === 0) return [];
  const more = lines.length > SHOWN ? ` and ${lines.length - SHOWN} more` : '';
  return [
    {
      invariant: 'converged',
      message: `after ${step}: ${lines.slice(0, SHOWN).join('; ')}${more}`,
    },
  ];
}

/** Only failures are told of, and a run without faults has none. */
const EVENTS = 'events';

/** Returns how often each object was created and deleted by the functions; events are none of what they bring about. */
export function countsOf(entries: readonly Entry[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { verb, resource, name, status } of entries) {
    if (resource === EVENTS) continue;
    const isDelete = verb === 'delete' && status < 300 && status > 0;
    if (status !== 201 && !isDelete) continue;
    const key = `${isDelete ? 'delete' : 'create'} ${resource} ${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Compares the creates and deletes with the reference's; `excused` names an object that somebody else had taken away. */
export function compareCounts(
  found: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<string, number>,
  excused = '',
): Violation[] {
  return [...new Set([...found.keys(), ...wanted.keys()])]
    .filter(
      (key) => found.get(key) !== wanted.get(key) && (excused === '' || !key.endsWith(excused)),
    )
    .map((key) => ({
      invariant: 'counts',
      message: `${key}: ${found.get(key) ?? 0} times instead of ${wanted.get(key) ?? 0}`,
    }));
}

/** No attempt fails for these: what was lost is asked for again, or was never begun. */
const NO_FAILURES: ReadonlySet<Plan['fault']> = new Set([
  ...(['crash', 'crash-lost', 'unanswered', 'error-409'] as const),
  ...(['drop', 'double', 'swap', 'late'] as const),
]);

/** Faults that nobody sees but the connection, which asks again. */
const SENT_AGAIN: ReadonlySet<Plan['fault']> = new Set(['unanswered', 'error-429']);

/** Judges the counts of a plan's run: none but for what fails, and whoever knows of a failure tells it. */
export function* judgeCounts(plan: Plan, entries: readonly Entry[]): Generator<Violation> {
  const counts = entries.filter(({ body, status }) => retryIn(body) && status === 200);
  const { fault } = plan.second ?? plan;
  const right = NO_FAILURES.has(fault) ? Number(plan.second !== undefined) : counts.length;
  for (const { id, body } of counts.slice(right))
    yield { invariant: 'failures', message: `${id} counts ${retryIn(body)}` };
  if (!SENT_AGAIN.has(fault)) return;
  for (const count of counts.filter((one) => !isTold(one, entries)))
    yield { invariant: 'failures', message: `${count.id} is told by no status` };
}

function isTold({ path, delivery }: Entry, entries: readonly Entry[]): boolean {
  const told = entries.filter((one) => one.path === `${path}/status` && one.status === 200);
  return told.some((one) => one.delivery === delivery);
}

function retryIn(body: Fields): string | undefined {
  const text: unknown = body?.metadata?.annotations?.[ANNOTATION.retry];
  return typeof text === 'string' ? text : undefined;
}

/** What must hold of any settled state. */
export function* judgeSettled(state: State): Generator<Violation> {
  for (const object of state.values()) {
    if (annotation(object, ANNOTATION.retry) !== '') {
      const message = `${object.kind} ${object.metadata.name} still counts a failure`;
      yield { invariant: 'failures', message };
    }
    const owner = controllerOf(object);
    if (owner?.kind !== WEBAPP.kind) continue;
    const webapp = state.get(`${WEBAPP.kind}/${owner.name}`);
    if (webapp?.metadata.uid !== owner.uid || !isWanted(object.kind, webapp))
      yield {
        invariant: 'orphans',
        message: `${object.kind} ${object.metadata.name} is left over`,
      };
  }
  yield* judgeInventories(state);
}

function isWanted(kind: string, { spec }: Fields): boolean {
  const optional: Record<string, unknown> = {
    Ingress: spec.host,
    HorizontalPodAutoscaler: spec.autoscaling,
  };
  const known = CHILD_KINDS.some((child) => child.kind === kind);
  return known && (!(kind in optional) || optional[kind] !== undefined);
}

function* judgeInventories(state: State): Generator<Violation> {
  const objects: Fields[] = [...state.values()];
  for (const source of objects.filter(({ kind }) => kind === WEBAPP_SOURCE.kind)) {
    const made = objects.filter(
      ({ kind, metadata }) =>
        kind === WEBAPP.kind && metadata.labels?.[LABEL.source] === source.metadata.name,
    );
    const there = made.map(({ metadata }) => metadata.name).join();
    const known = (source.status.inventory ?? []).map(({ name }: Fields) => name).join();
    if (there !== known)
      yield { invariant: 'orphans', message: `the inventory names ${known}; there are ${there}` };
  }
}
