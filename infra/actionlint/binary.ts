import { join } from 'node:path';
import type { Log } from '../control-plane/progress.ts';
import { findGoProgram, type GoProgram } from '../go-program.ts';

const ACTIONLINT: GoProgram = {
  name: 'actionlint',
  module: 'github.com/rhysd/actionlint',
  version: 'v1.7.12',
  package: 'cmd/actionlint',
  takes: 'less than a minute',
};

/** Returns the path of the linter of workflows, from the cache or after a build (needs Go). */
export async function findActionlint(context: { log: Log; signal: AbortSignal }): Promise<string> {
  return join(await findGoProgram(ACTIONLINT, context), ACTIONLINT.name);
}
