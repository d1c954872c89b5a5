import { join } from 'node:path';
import type { ApiServer } from './api-server.ts';
import { readPacks } from './packs.ts';
import { runGenerated } from './rounds.ts';
import { runSuite } from './run-suite.ts';
import { readSuites } from './suites.ts';
import type { Tally } from './tally.ts';
import { prepare } from './world.ts';

/** The examples of the Kubernetes documentation, the packs that are shipped, and generated policies. */
export const PARTS = ['docs', 'packs', 'generated'] as const;
export type PartOfOracle = (typeof PARTS)[number];

export interface OracleOptions {
  readonly parts: readonly PartOfOracle[];
  /** Of the generated ones; docs are as many as there are, packs get a tenth of it beside the written ones. */
  readonly cases: number;
  readonly seed: number;
  readonly print: (line: string) => void;
}

/** Puts all cases to both sides and counts them. */
export async function runOracle(
  { parts, cases, seed, print }: OracleOptions,
  { server, tally }: { readonly server: ApiServer; readonly tally: Tally },
): Promise<void> {
  const ground = { server, tally, about: await prepare(server) };
  const runs: Record<PartOfOracle, () => Promise<void>> = {
    docs: async () => {
      for (const suite of await readSuites(join(import.meta.dirname, 'docs'))) {
        await runSuite(suite, ground);
      }
    },
    packs: async () => {
      for (const suite of await readPacks({ seed, cases: Math.ceil(cases / 10) })) {
        await runSuite(suite, ground);
      }
    },
    generated: () => runGenerated({ cases, seed }, ground),
  };
  for (const part of parts) {
    await runs[part]();
    print(`${part}, seed ${seed}: ${tally.last()} so far`);
  }
}
