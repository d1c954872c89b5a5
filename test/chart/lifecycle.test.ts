// A release from its installation to its end, on a real control plane; kwok plays the pods.
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { CHART } from '../../infra/helm/manifests.ts';
import { NAMESPACE } from './chart.ts';
import { openPlane, type Plane } from './plane.ts';

const RELEASE = 'webapp-operator';
const FUNCTIONS = `${RELEASE}-controller-manager`;
const COLUMN = /^ +- name: Image\n(?: {10}.*\n)+/m;

let plane: Plane;
test.before(async (t) => {
  t.timeout(600_000);
  plane = await openPlane();
});
test.after.always(() => plane?.[Symbol.asyncDispose]());

const get = (what: string, path: string) =>
  plane.kubectl(['-n', NAMESPACE, 'get', ...what.split(' '), '-o', `jsonpath={${path}}`]);
const columns = () =>
  get('crd webapps.example.com', '.spec.versions[0].additionalPrinterColumns[*].name');
const replicas = () => get(`deployment ${FUNCTIONS}`, '.status.availableReplicas');

async function timed(
  t: { log(text: string): void },
  what: string,
  work: Promise<string>,
): Promise<string> {
  const start = performance.now();
  const said = await work;
  t.log(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return said;
}

/** Returns a folder with the chart as an earlier version might have been: its WebApps show no image. */
async function earlierChart(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-chart-'));
  await cp(CHART, folder, { recursive: true });
  const file = join(folder, 'files/crds/webapp.yaml');
  const text = await readFile(file, 'utf8');
  const before = text.replace(COLUMN, '');
  if (before === text) throw new Error('there is no such column');
  await writeFile(file, before);
  return folder;
}

test.serial('install, and all is there and available', async (t) => {
  const args = [
    'install',
    RELEASE,
    await earlierChart(),
    '--create-namespace',
    '--wait',
    '--timeout=120s',
  ];
  const said = await timed(t, 'helm install --wait', plane.helm(args));
  t.regex(said, /STATUS: deployed/);
  t.regex(said, /helm test webapp-operator -n webapp-operator-system/);
  t.is(await replicas(), '2');
  t.notRegex(await columns(), /Image/);
});

test.serial('helm test runs', async (t) => {
  t.regex(
    await timed(t, 'helm test', plane.helm(['test', RELEASE, '--timeout=60s'])),
    /Phase: +Succeeded/,
  );
});

test.serial('upgrade: more replicas, the same secrets, new CRDs', async (t) => {
  const before = await get(`secret ${RELEASE}`, '.data');
  const args = ['upgrade', RELEASE, CHART, '--values', '-', '--wait', '--timeout=120s'];
  await timed(t, 'helm upgrade --wait', plane.helm(args, { replicaCount: 3 }));
  t.is(await replicas(), '3');
  t.is(await get(`secret ${RELEASE}`, '.data'), before);
  t.regex(before, /webhookSecret/);
  t.regex(await columns(), /Image/);
});

test.serial('a failed upgrade changes nothing', async (t) => {
  const upgrade = plane.helm(['upgrade', RELEASE, CHART, '--values', '-'], {
    replicaCount: 'four',
  });
  await t.throwsAsync(upgrade);
  t.is(await replicas(), '3');
});

test.serial('a release that leaves the CRDs to others leaves them where they are', async (t) => {
  const args = ['upgrade', RELEASE, CHART, '--values', '-', '--wait', '--timeout=120s'];
  await plane.helm(args, { replicaCount: 3, crds: { enabled: false } });
  t.regex(await columns(), /Image/);
});

test.serial('rollback', async (t) => {
  await timed(
    t,
    'helm rollback --wait',
    plane.helm(['rollback', RELEASE, '1', '--wait', '--timeout=120s']),
  );
  t.is(await replicas(), '2');
  const history = JSON.parse(await plane.helm(['history', RELEASE, '-o', 'json'])) as {
    status: string;
  }[];
  t.deepEqual(
    history.map(({ status }) => status),
    ['superseded', 'superseded', 'superseded', 'deployed'],
  );
});

const WEBAPP = JSON.stringify({
  apiVersion: 'example.com/v1',
  kind: 'WebApp',
  metadata: { name: 'stays', namespace: 'default' },
  spec: { image: 'nginx:1.27-alpine' },
});

test.serial(
  'uninstall leaves the CRDs and every WebApp; what is installed then takes them over',
  async (t) => {
    await plane.kubectl(['apply', '-f', '-'], WEBAPP);
    await timed(
      t,
      'helm uninstall',
      plane.helm(['uninstall', RELEASE, '--wait', '--timeout=120s']),
    );
    const ours = ['-l', 'app.kubernetes.io/part-of=webapp-operator', '-o', 'name'];
    const left = (kinds: string) => plane.kubectl(['-n', NAMESPACE, 'get', kinds, ...ours]);
    t.is(await left('deploy,svc,pdb,sa'), '');
    t.is(await left('clusterrole,clusterrolebinding'), '');
    t.is(
      await plane.kubectl(['get', 'webapp', 'stays', '-o', 'name']),
      'webapp.example.com/stays\n',
    );
    const again = plane.helm(['install', RELEASE, CHART, '--wait', '--timeout=120s']);
    t.regex(await timed(t, 'helm install over what was left', again), /STATUS: deployed/);
    t.is(
      await plane.kubectl(['get', 'webapp', 'stays', '-o', 'name']),
      'webapp.example.com/stays\n',
    );
  },
);
