// All that the chart can make, against the schemas of a real API server: by kubeconform, and as a dry run.
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { findGoProgram } from '../../infra/go-program.ts';
import { KUBECONFORM } from '../../infra/helm/programs.ts';
import { eventually } from '../cluster/eventually.ts';
import { EVERYTHING, KNATIVE, manifest, NAMESPACE, type Values } from './chart.ts';
import { LOCATION, writeSchemas } from './openapi-schemas.ts';
import { openPlane, type Plane } from './plane.ts';

const run = promisify(execFile);
const VARIANTS: Readonly<Record<string, Values>> = {
  defaults: {},
  everything: EVERYTHING,
  knative: KNATIVE,
  'knative with OIDC and Kafka': {
    ...KNATIVE,
    knative: { oidc: { enabled: true }, broker: { class: 'Kafka', config: { name: 'kafka' } } },
  },
};
const FOREIGN = [
  'Broker',
  'Trigger',
  'ApiServerSource',
  'PingSource',
  'Certificate',
  'PrometheusRule',
];

let plane: Plane;
let schemas: string;

test.before(async (t) => {
  t.timeout(600_000);
  plane = await openPlane();
  await plane.kubectl(['create', 'namespace', NAMESPACE]);
  schemas = await mkdtemp(join(tmpdir(), 'webapp-schemas-'));
  // The API server tells of a new CRD a moment after it is established.
  const openapi = await eventually('the CRDs are in the OpenAPI document', async () => {
    const text = await plane.kubectl(['get', '--raw', '/openapi/v2']);
    return FOREIGN.every((kind) => text.includes(`"kind":"${kind}"`)) && text;
  });
  t.log(`${await writeSchemas(openapi, schemas)} kinds`);
});
test.after.always(() => plane?.[Symbol.asyncDispose]());

async function conform(text: string): Promise<string> {
  const running = run(await findGoProgram(KUBECONFORM), [
    '-summary',
    '-strict',
    '-schema-location',
    join(schemas, LOCATION),
  ]);
  running.child.stdin?.end(text);
  return (await running.catch((error: { stdout: string }) => error)).stdout;
}

for (const [title, values] of Object.entries(VARIANTS)) {
  test(`kubeconform: ${title}`, async (t) => {
    const found = await conform(await manifest(values));
    t.regex(found, /Invalid: 0, Errors: 0, Skipped: 0/);
    t.log(found.trim());
  });

  test.serial(`the API server takes it, as a dry run: ${title}`, async (t) => {
    const dryRun = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'];
    const said = await plane.kubectl(dryRun, await manifest(values));
    t.true(said.split('\n').length > 20);
    t.notRegex(said, /error/i);
  });
}

test('kubeconform finds what is wrong', async (t) => {
  const text = await manifest(KNATIVE);
  t.regex(
    await conform(text.replace('containerConcurrency: 16', 'containerConcurency: 16')),
    /containerConcurency/,
  );
  t.regex(await conform(text.replace('minAvailable: 1', 'minAvailabel: 1')), /minAvailabel/);
});
