import type { ApiServer } from './sides/api-server.ts';
import type { Circumstances, Evaluate } from './sides/ours.ts';
import type { Tally } from './tally.ts';

/** What every case stands on: both sides, what both know, and the count. */
export interface Ground {
  readonly server: ApiServer;
  readonly evaluate: Evaluate;
  readonly about: Circumstances;
  readonly tally: Tally;
}
