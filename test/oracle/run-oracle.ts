import { join } from 'node:path';
import { type Generated, runGenerated } from './drafts/rounds.ts';
import { store } from './drafts/subjects.ts';
import type { Ground } from './ground.ts';
import { readPacks } from './suites/packs.ts';
import { runSuites } from './suites/run-suite.ts';
import { readSuites } from './suites/suite.ts';
import { prepare } from './world.ts';

/** The examples of the Kubernetes documentation, the packs that are shipped, and generated policies. */
export const PARTS = ['documentation', 'packs', 'generated'] as const;
export type PartOfOracle = (typeof PARTS)[number];

/** `cases` are of the generated policies; the packs judge a generated object for fifty of them, beside those written. */
export interface OracleOptions extends Generated {
  readonly parts: readonly PartOfOracle[];
}

/** Puts all cases to both sides and counts them. */
export async function runOracle(
  options: OracleOptions,
  sides: Omit<Ground, 'about'>,
): Promise<void> {
  const ground = { ...sides, about: await prepare(sides.server) };
  // Before any policy is in force that would deny it.
  await store(sides.server);
  const runs: Record<PartOfOracle, () => Promise<void>> = {
    documentation: async () => {
      await runSuites(await readSuites(join(import.meta.dirname, 'documentation')), ground);
    },
    packs: async () => {
      for (const suite of await readPacks(options)) await runSuites([suite], ground);
    },
    generated: () => runGenerated(options, ground),
  };
  for (const part of options.parts) {
    await runs[part]();
    ground.tally.progress();
  }
}
