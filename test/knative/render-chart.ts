import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findGoProgram } from '../../infra/go-program.ts';
import { HELM } from '../../infra/helm/programs.ts';

const run = promisify(execFile);
const CHART = join(import.meta.dirname, '..', '..', 'infra', 'chart');

/** Served by a cluster that has Knative; the chart asks before it renders. */
const APIS = [
  'serving.knative.dev/v1',
  'eventing.knative.dev/v1',
  'sources.knative.dev/v1',
] as const;

interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Returns what Helm makes of the product's chart. */
export async function renderChart({ name, namespace, values }: Release): Promise<string> {
  const set = Object.entries(values).flatMap((pair) => ['--set', pair.join('=')]);
  const apis = APIS.flatMap((api) => ['--api-versions', api]);
  const args = ['template', name, CHART, '--namespace', namespace, '--no-hooks', ...apis, ...set];
  return (await run(await findGoProgram(HELM), args, { maxBuffer: 2 ** 24 })).stdout;
}
