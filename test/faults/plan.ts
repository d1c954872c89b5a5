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

/** In no plan, as requests are made again after it by themselves: the connection breaks before the API server is asked. */
export const RESET = 'reset';

/** What the proxy can do to a request. */
export type RequestFault =
  | typeof RESET
  | (typeof WRITE_FAULTS)[number]
  | (typeof READ_FAULTS)[number]
  | (typeof OTHER_FAULTS)[number];
/** What the driver can do to a message. */
export type EventFault = (typeof EVENT_FAULTS)[number];

/** One fault at one place; `at` is the id of a request or an event: step/what.n. */
export interface Plan {
  readonly fault: RequestFault | EventFault;
  readonly at: string;
}

/** Returns the name by which `--plan` runs it again. */
export function idOf({ fault, at }: Plan): string {
  return `${fault}@${at}`;
}

/** Returns the plan of a name; throws for a fault nobody knows. */
export function planOf(id: string): Plan {
  const [fault = '', at = ''] = id.split('@');
  const known = [...WRITE_FAULTS, ...READ_FAULTS, ...EVENT_FAULTS, ...OTHER_FAULTS].find(
    (one) => one === fault,
  );
  if (known === undefined || !at.includes('/'))
    throw new InvalidArgumentError('It must be fault@step/what.n, as a failing plan prints it.');
  return { fault: known, at };
}

/** The step of the scenario that the plan disturbs. */
export function stepOf({ at }: Plan): string {
  return at.split('/')[0] ?? '';
}
