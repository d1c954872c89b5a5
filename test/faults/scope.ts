// How much is run.
import { SEEDED_BUGS } from './seeds.ts';

/** How many of the plans and bugs, evenly spread, and how many sequences. */
export interface Scope {
  readonly plans: number;
  readonly bugs: number;
  readonly sequences: number;
}

/** What `npm test` has time for. */
export const QUICK: Scope = { plans: 16, bugs: 3, sequences: 1 };
/** Every plan and every bug. */
export const FULL: Scope = {
  plans: Number.POSITIVE_INFINITY,
  bugs: SEEDED_BUGS.length,
  sequences: 20,
};
/** What is run beside what somebody asks for. */
export const NOTHING: Scope = { plans: 0, bugs: 0, sequences: 0 };
