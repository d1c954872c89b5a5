import { join } from 'node:path';
import { type Generated, runGenerated } from './drafts/rounds.ts';
import type { Ground } from './ground.ts';
import { readPacks } from './suites/packs.ts';
import { runSuite } from './suites/run-suite.ts';
import { readSuites } from './suites/suite.ts';
import { prepare } from './world.ts';

/** The examples of the Kubernetes documentation, the packs that are shipped, and generated policies. */
export const PARTS = ['documentation', 'packs', 'generated'] as const;
export type PartOfOracle = (typeof PARTS)[number];

/** `cases` are of the generated policies; packs get a tenth of it in generated objects, beside those written down. */
export interface OracleOptions extends Generated {
  readonly parts: readonly PartOfOracle[];
}

/** Puts all cases to both sides and counts them. */
export async function runOracle(
  options: OracleOptions,
  sides: Omit<Ground, 'about'>,
): Promise<void> {
  const ground = { ...sides, about: await prepare(sides.server) };
  const runs: Record<PartOfOracle, () => Promise<void>> = {
    documentation: async () => {
      const suites = await readSuites(join(import.meta.dirname, 'documentation'));
      for (const suite of suites) await runSuite(suite, ground);
    },
    packs: async () => {
      for (const suite of await readPacks(options)) await runSuite(suite, ground);
    },
    generated: () => runGenerated(options, ground),
  };
  for (const part of options.parts) {
    await runs[part]();
    ground.tally.progress();
  }
}
