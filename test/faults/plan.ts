// What goes wrong in one run of the scenario, and where.
import { InvalidArgumentError } from 'commander';

/** Faults at a write, and how the proxy carries them out. */
export const WRITE_FAULTS = [
  /** Committed, then the process is gone; whoever sent the event sends it again. */
  'crash',
  /** As a crash, but nobody sends the event again. */
  'crash-lost',
  /** Committed, but the connection breaks before the answer. */
  'unanswered',
  'error-409',
  'error-429',
  'error-500',
  /** Time goes on after it, so that the events that follow come when the back-off is over. */
  'error-503',
  /** Comes to the API server only after a second instance has done the rest. */
  'hold',
  /** The same, but after the next step. */
  'hold-late',
] as const;
/** Faults at a read of something that has another version. */
export const READ_FAULTS = [
  /** Answered once with the version before. */
  'stale',
  /** As long as the delivery lasts, each read of that address is. */
  'stale-on',
] as const;
/** Faults at an event or a webhook. */
export const EVENT_FAULTS = [
  'drop',
  'double',
  /** Delivered after the event that follows. */
  'swap',
  /** Delivered once all else is done. */
  'late',
  /** The API server answers 503 to all requests of its first delivery. */
  'down',
] as const;
/** Tried where they fit: the first write of each sort, and the writes over an object that is there. */
export const OTHER_FAULTS = ['error-403', 'stranger'] as const;

/** A failure that waits for a change; the first of two faults alone. */
export const REFUSED = 'error-422';
/** Faults at a write on the way of a failure. */
export const SECOND_FAULTS = [
  ...(['crash', 'crash-lost', 'unanswered', 'hold'] as const),
  ...(['error-409', 'error-429', 'error-500', 'error-503'] as const),
] as const;

/** In no plan, as requests are made again after it by themselves: the connection breaks before the API server is asked. */
export const RESET = 'reset';

/** What the proxy can do to a request. */
export type RequestFault =
  | typeof RESET
  | (typeof WRITE_FAULTS)[number]
  | (typeof READ_FAULTS)[number]
  | (typeof OTHER_FAULTS)[number]
  | typeof REFUSED;
/** What the driver can do to a message. */
export type EventFault = (typeof EVENT_FAULTS)[number];

/** A fault at a place; `at` is the id of a request or an event: step/what.n. */
export interface Fault {
  readonly fault: RequestFault | EventFault;
  readonly at: string;
}

/** One fault, or two: the second comes on the way of the failure that the first one makes, in the same step. */
export interface Plan extends Fault {
  readonly second?: Fault;
}

/** Returns the faults of a plan in their order. */
export function faultsOf({ fault, at, second }: Plan): readonly Fault[] {
  return second ? [{ fault, at }, second] : [{ fault, at }];
}

/** Returns whether one of the faults of a plan is of such a sort. */
export function hasFault(plan: Plan, ...sorts: readonly Fault['fault'][]): boolean {
  return faultsOf(plan).some(({ fault }) => sorts.includes(fault));
}

/** Returns the name by which `--plan` runs it again. */
export function idOf(plan: Plan): string {
  return faultsOf(plan)
    .map(({ fault, at }) => `${fault}@${at}`)
    .join('+');
}

/** Returns the plan of a name; throws for a fault nobody knows, and for more than two. */
export function planOf(id: string): Plan {
  const [first, second, ...more] = id.split('+').map(faultOf);
  if (first === undefined || more.length > 0) throw misnamed();
  return { ...first, ...(second && { second }) };
}

function faultOf(id: string): Fault {
  const [fault = '', at = ''] = id.split('@');
  const all = [WRITE_FAULTS, READ_FAULTS, EVENT_FAULTS, OTHER_FAULTS, [REFUSED] as const].flat();
  const known = all.find((one) => one === fault);
  if (known === undefined || !at.includes('/')) throw misnamed();
  return { fault: known, at };
}

function misnamed(): InvalidArgumentError {
  const form = 'fault@step/what.n, or two of them with a + in between';
  return new InvalidArgumentError(`It must be ${form}, as a failing plan prints it.`);
}

/** The step of the scenario that the plan disturbs. */
export function stepOf({ at }: Fault): string {
  return at.split('/')[0] ?? '';
}
