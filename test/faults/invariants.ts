// What must hold, whatever goes wrong.

/** Each by its name in reports, and what it says. */
export const INVARIANTS = {
  converged: 'the end is that of a run without faults',
  quiet: 'once settled, no event and no tick brings a write',
  counts: 'each object is created and deleted as often as in a run without faults',
  foreign: "other people's objects stay as they are, to the byte",
  orphans: 'no child without its WebApp; the inventory names what is there, and nothing else',
  revisions: 'no older commit comes after a newer one',
  truthful: 'Ready is said only of what is so',
  failures: 'a failed attempt counts once, and success clears the count',
  backoff: 'nothing is tried before its time',
  answers: '2xx only for what is done or recorded',
  bounded: 'one change brings a bounded number of visits',
  confined: 'nothing is written outside the namespace',
  current: 'reads ask for the newest state',
} as const;
/** The name of one of them. */
export type Invariant = keyof typeof INVARIANTS;

/** An invariant that did not hold, and how that shows. */
export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
}
