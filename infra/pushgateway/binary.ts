import { join } from 'node:path';
import type { Log } from '../control-plane/progress.ts';
import { findGoProgram, type GoProgram } from '../go-program.ts';

const PUSHGATEWAY: GoProgram = {
  name: 'pushgateway',
  module: 'github.com/prometheus/pushgateway',
  version: 'v1.11.1',
  versionVariable: 'github.com/prometheus/common/version.Version',
  takes: 'about a minute',
};

/** Returns the path of the program, from the cache or after a build (needs Go). */
export async function findPushgateway(context: { log: Log; signal: AbortSignal }): Promise<string> {
  return join(await findGoProgram(PUSHGATEWAY, context), PUSHGATEWAY.name);
}
