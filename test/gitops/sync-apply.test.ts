// Whether a file's WebApp is written, when the source's WebApps were listed to write only what differs.
import test from 'ava';
import type { Cluster } from '../../gitops/cluster.ts';
import type { FieldSet, KubeObject } from '../../gitops/objects.ts';
import { readManifests } from '../../gitops/sync/manifests.ts';
import { applyPlan } from '../../gitops/sync/sync-apply.ts';
import { having, managed, webapp, webappSource } from '../helpers/builders.ts';
import { notedMeter } from '../helpers/policy-meter.ts';

const REVISION = 'webapps.example.com/revision';
const env = [{ name: 'A', value: '1' }];
const K_A = 'k:{"name":"A"}';
const owns = (spec: FieldSet): Partial<KubeObject['metadata']> => ({
  managedFields: [managed({ 'f:spec': { 'f:image': {}, ...spec } }, { manager: 'webapp-source' })],
});
const base = having(webapp({ spec: { image: 'a', replicas: 2 } }), {
  labels: { 'webapps.example.com/source': 'team' },
  annotations: { [REVISION]: 'main@sha1:old' },
  ...owns({}),
});
const withEnv: KubeObject = having(
  { ...base, spec: { ...base.spec, env } },
  owns({ 'f:env': { [K_A]: { '.': {}, 'f:name': {}, 'f:value': {} } } }),
);

const METADATA: FieldSet = {
  'f:metadata': {
    'f:annotations': { '.': {}, [`f:${REVISION}`]: {} },
    'f:labels': { '.': {}, 'f:webapps.example.com/source': {} },
  },
  'f:spec': { '.': {}, 'f:image': {} },
};
const labelled = having(base, {
  labels: { ...base.metadata.labels, team: 'a' },
  managedFields: [
    managed({ 'f:metadata': { 'f:labels': { 'f:team': {} } } }, { manager: 'webapp-source' }),
  ],
});

const rows: { title: string; file: string; live: KubeObject; want: 'applied' | 'unchanged' }[] = [
  {
    title: 'nothing changed but the commit',
    file: 'spec: {image: a}',
    live: base,
    want: 'unchanged',
  },
  {
    title: 'what the file leaves to others',
    file: 'spec: {image: a}',
    live: { ...base, spec: { ...base.spec, replicas: 9 } },
    want: 'unchanged',
  },
  { title: 'a field changed', file: 'spec: {image: b}', live: base, want: 'applied' },
  { title: 'a field was added', file: 'spec: {image: a, port: 81}', live: base, want: 'applied' },
  {
    title: 'a field left the file',
    file: 'spec: {image: a}',
    live: having(base, owns({ 'f:replicas': {} })),
    want: 'applied',
  },
  {
    title: 'a field that another put there',
    file: 'spec: {image: a}',
    live: having(base, {
      managedFields: [managed({ 'f:spec': { 'f:replicas': {} } }, { manager: 'kubectl' })],
    }),
    want: 'unchanged',
  },
  {
    title: 'a field that nobody owns',
    file: 'spec: {image: a}',
    live: having(base, { managedFields: [] }),
    want: 'unchanged',
  },
  { title: 'a label left the file', file: 'spec: {image: a}', live: labelled, want: 'applied' },
  {
    title: 'labels, annotations and fields are all in the file',
    file: 'spec: {image: a}',
    live: having(base, { managedFields: [managed(METADATA, { manager: 'webapp-source' })] }),
    want: 'unchanged',
  },
  { title: 'a variable left the file', file: 'spec: {image: a}', live: withEnv, want: 'applied' },
  {
    title: 'the last variable left the list',
    file: 'spec: {image: a, env: []}',
    live: withEnv,
    want: 'applied',
  },
  {
    title: 'an empty map was added, which the API server may refuse',
    file: 'spec: {image: a, autoscaling: {}}',
    live: base,
    want: 'applied',
  },
  {
    title: 'somebody else’s WebApp, by consent',
    file: 'spec: {image: a}',
    live: having(base, { labels: {}, annotations: { 'webapps.example.com/adopt': 'true' } }),
    want: 'applied',
  },
];

for (const { title, file, live, want } of rows) {
  test(`applyPlan over what is live: ${title}`, async (t) => {
    const text = `apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: shop}\n${file}\n`;
    const { manifests } = readManifests('a.yaml', text, 'default');
    const written: KubeObject[] = [];
    const cluster = {
      apply: async (_of: unknown, desired: KubeObject) => {
        written.push(desired);
        return desired;
      },
    } as unknown as Cluster;
    const inventory = [{ name: 'shop', path: 'a.yaml' }];
    const done = await applyPlan(
      webappSource(),
      { apply: manifests, prune: [], kept: [], problems: [] },
      {
        cluster,
        revision: 'main@sha1:new',
        inventory,
        live: new Map([['shop', live]]),
        isOver: () => false,
        meter: notedMeter(),
      },
    );
    t.deepEqual([done.problems, done.postponed], [[], 0]);
    t.deepEqual(done.inventory, inventory);
    // What left the file is not in what is applied, so the API server removes it.
    const spec = manifests[0]?.spec;
    const labels = { 'webapps.example.com/source': 'team' };
    t.deepEqual(
      written.map((one) => [one.spec, one.metadata.labels]),
      want === 'applied' ? [[spec, labels]] : [],
    );
    t.deepEqual(done.applied, want === 'applied' ? ['shop'] : []);
  });
}
