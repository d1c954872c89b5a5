// What the chart takes, what it refuses and how it says so; and that what is generated from it is not stale.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { load } from 'js-yaml';
import { findGoProgram } from '../../infra/go-program.ts';
import { CHART, manifestFiles } from '../../infra/helm/manifests.ts';
import { HELM } from '../../infra/helm/programs.ts';
import { EVERYTHING, helm, KNATIVE, KNATIVE_APIS, refusal, type Values } from './chart.ts';

const root = join(import.meta.dirname, '../..');

for (const [title, values] of Object.entries({ defaults: {}, EVERYTHING, KNATIVE })) {
  test(`helm lint takes the chart: ${title}`, async (t) => {
    t.regex(
      await helm(['lint', CHART, '--values', '-'], values),
      /1 chart\(s\) linted, 0 chart\(s\) failed/,
    );
  });
}

/** Wrong values, and what has to be in the answer: the path of the value, and what it must be. */
const wrong: readonly [title: string, values: Values, said: RegExp][] = [
  ['a value that is none', { replicas: 3 }, /additional properties 'replicas' not allowed/],
  [
    'one misspelled further in',
    { webhook: { certManger: {} } },
    /\/webhook'[\s\S]*'certManger' not allowed/,
  ],
  [
    'a mode that is none',
    { mode: 'lambda' },
    /at '\/mode': value must be one of 'deployment', 'knative'/,
  ],
  ['no replica', { replicaCount: 0 }, /at '\/replicaCount': minimum: got 0, want 1/],
  ['a number as text', { replicaCount: '2' }, /at '\/replicaCount': got string, want integer/],
  ['a digest without its algorithm', { image: { digest: 'abc' } }, /at '\/image\/digest'/],
  ['a policy for pulling', { image: { pullPolicy: 'Sometimes' } }, /at '\/image\/pullPolicy'/],
  [
    'a duration without unit',
    { settings: { requestTimeout: '25' } },
    /at '\/settings\/requestTimeout'/,
  ],
  [
    'a lease as a number',
    { leaderElection: { leaseDuration: 15 } },
    /at '\/leaderElection\/leaseDuration'/,
  ],
  ['a port below 1024 for whoever is not root', { webhook: { port: 443 } }, /at '\/webhook\/port'/],
  [
    'a gateway that is no address',
    { settings: { pushgatewayUrl: 'gateway' } },
    /at '\/settings\/pushgatewayUrl'/,
  ],
  [
    'a delay that is not ISO 8601',
    { knative: { delivery: { backoffDelay: '1s' } } },
    /at '\/knative\/delivery\/backoffDelay'/,
  ],
  [
    'a function that is none',
    { knative: { functions: { push: {} } } },
    /at '\/knative\/functions'[\s\S]*'push' not allowed/,
  ],
  ['a weight', { podAntiAffinity: { weight: 101 } }, /at '\/podAntiAffinity\/weight'/],
  ['no host for the Ingress', { ingress: { enabled: true } }, /ingress\.host must be set/],
  [
    'no certificate',
    { webhook: { certManager: { enabled: false } } },
    /webhook\.secretName must name a Secret/,
  ],
  [
    'an Ingress with Knative',
    { ...KNATIVE, ingress: { enabled: true, host: 'a' } },
    /leave it false with mode: knative/,
  ],
  [
    'scraping with Knative',
    { ...KNATIVE, monitoring: { serviceMonitor: { enabled: true } } },
    /set settings\.pushgatewayUrl/,
  ],
  [
    'a name too long for tokens',
    {
      ...KNATIVE,
      fullnameOverride: 'webapp-operator-of-shop',
      knative: { oidc: { enabled: true } },
    },
    /Set fullnameOverride to at most 15 characters/,
  ],
];

for (const [title, values, said] of wrong) {
  test(`wrong values are named: ${title}`, async (t) => {
    t.regex(await refusal(values), said);
  });
}

test('a cluster without Knative or cert-manager is told what to do', async (t) => {
  const all = [...KNATIVE_APIS];
  for (const missing of all) {
    const said = await refusal(
      { ...KNATIVE, webhook: { enabled: false } },
      all.filter((api) => api !== missing),
    );
    t.regex(said, new RegExp(`mode: knative needs ${missing.replaceAll('.', '\\.')}`));
    t.regex(said, /Install Knative Serving and Eventing, or set mode: deployment/);
  }
  t.regex(await refusal({}, []), /Install cert-manager,[\s\S]*webhook\.enabled: false/);
});

test('a cluster that is too old is refused', async (t) => {
  const old = helm(['template', 'x', CHART, '--kube-version', '1.29.0']);
  const { stderr } = (await t.throwsAsync(old)) as Error & { stderr: string };
  t.regex(stderr, /chart requires kubeVersion: >=1\.30\.0-0/);
});

test('every value says what it does, and is in the schema', async (t) => {
  const readme = await readFile(join(CHART, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| `([^`]+)` \| .* \| (.*) \|$/gm)];
  t.true(rows.length > 70);
  const bare = rows.filter(([, , text]) => text === '').map(([, name]) => name);
  // Those are like webapps, which stands before them.
  const alike = ['sources', 'pushes', 'reviews', 'tick', 'review-tick'];
  t.deepEqual(
    bare,
    alike.map((name) => `knative.functions.${name}`),
  );
  const schema = JSON.parse(await readFile(join(CHART, 'values.schema.json'), 'utf8'));
  const values = load(await readFile(join(CHART, 'values.yaml'), 'utf8')) as Values;
  t.deepEqual(
    Object.keys(values).sort(),
    Object.keys(schema.properties)
      .filter((key) => key !== 'global')
      .sort(),
  );
});

test('the plain manifests are those of the chart', async (t) => {
  for (const [path, text] of await manifestFiles(await findGoProgram(HELM)))
    t.is(await readFile(join(root, path), 'utf8'), text, `${path} is stale: run npm run generate`);
});
