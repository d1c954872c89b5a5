// What a file says, and each thing that can be wrong with it, by line and column.
import test from 'ava';
import { readManifests } from '../../gitops/sync/manifests.ts';
import { told } from '../helpers/builders.ts';

const read = (text: string) => readManifests('apps/shop.yaml', text, 'default');
const file = (metadata: string, rest = 'spec: {image: a}\n') =>
  `apiVersion: example.com/v1\nkind: WebApp\nmetadata:\n${metadata.replace(/^/gm, '  ')}\n${rest}`;

test('manifests: a good file', (t) => {
  const { path, manifests, problems, names, complete } = read(
    file(
      'name: shop\nnamespace: default\nlabels: {team: a}\nannotations: {webapps.example.com/prune: disabled}',
    ),
  );
  t.deepEqual(problems, []);
  t.deepEqual(names, ['shop']);
  t.true(complete);
  const [manifest, ...others] = manifests;
  t.deepEqual(others, []);
  t.is(path, 'apps/shop.yaml');
  t.like(manifest, {
    name: 'shop',
    path: 'apps/shop.yaml',
    labels: { team: 'a' },
    annotations: { 'webapps.example.com/prune': 'disabled' },
    spec: { image: 'a' },
  });
});

test('manifests: what is left out is empty', (t) => {
  const [manifest] = read(file('name: shop')).manifests;
  t.deepEqual([manifest?.labels, manifest?.annotations], [{}, {}]);
});

const REQUIRED = 'only WebApp of example.com/v1 is; move other files out of spec.path';
const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n';
interface Row {
  readonly title: string;
  readonly input: string;
  readonly want: string[];
  readonly names: string[];
}
const rows: Row[] = [
  { title: 'an empty file', input: '', want: [], names: [] },
  { title: 'only comments', input: '# nothing\n', want: [], names: [] },
  { title: 'empty documents', input: '---\n---\n', want: [], names: [] },
  {
    title: 'no YAML',
    input: 'a: [',
    want: ['1:5 not valid YAML: unexpected end of the stream within a flow collection'],
    names: [],
  },
  {
    title: 'a text',
    input: 'hello\n',
    want: ['1:1 expected an object with apiVersion, kind, metadata and spec'],
    names: [],
  },
  {
    title: 'a list',
    input: '\n- a\n',
    want: ['2:1 expected an object with apiVersion, kind, metadata and spec'],
    names: [],
  },
  {
    title: 'another kind',
    input: SERVICE,
    want: [`2:7 Service of v1 is not handled here: ${REQUIRED}`],
    names: ['a'],
  },
  {
    title: 'another version',
    input: 'kind: WebApp\napiVersion: example.com/v2\n',
    want: [`2:13 WebApp of example.com/v2 is not handled here: ${REQUIRED}`],
    names: [],
  },
  {
    title: 'no kind',
    input: 'apiVersion: example.com/v1\n',
    want: [`1:1 an object without kind of example.com/v1 is not handled here: ${REQUIRED}`],
    names: [],
  },
  {
    title: 'no apiVersion',
    input: '\nkind: WebApp\n',
    want: [`2:1 WebApp of no apiVersion is not handled here: ${REQUIRED}`],
    names: [],
  },
  {
    title: 'a list of WebApps',
    input: 'apiVersion: v1\nkind: List\nitems: []\n',
    want: [`2:7 List of v1 is not handled here: ${REQUIRED}`],
    names: [],
  },
  {
    title: 'no spec',
    input: file('name: shop', ''),
    want: ['1:1 spec must be an object with at least image'],
    names: ['shop'],
  },
  {
    title: 'a spec that is none',
    input: file('name: shop', 'spec: [a]\n'),
    want: ['5:7 spec must be an object with at least image'],
    names: ['shop'],
  },
  {
    title: 'a status',
    input: file('name: shop', 'spec: {}\nstatus:\n  phase: Ready\n'),
    want: ['7:3 status is written by the reconciler; remove it'],
    names: ['shop'],
  },
  {
    title: 'no metadata',
    input: 'apiVersion: example.com/v1\nkind: WebApp\nspec: {}\n',
    want: ['1:1 metadata must be an object with at least name'],
    names: [],
  },
  {
    title: 'metadata that is none',
    input: 'apiVersion: example.com/v1\nkind: WebApp\nmetadata: shop\nspec: {}\n',
    want: ['3:11 metadata must be an object with at least name'],
    names: [],
  },
  {
    title: 'no name',
    input: file('labels: {}'),
    want: ['4:3 metadata.name must be a text'],
    names: [],
  },
  {
    title: 'a name that is a number',
    input: file('name: 12'),
    want: ['4:9 metadata.name must be a text'],
    names: [],
  },
  {
    title: 'an empty name',
    input: file('name: ""'),
    want: ['4:9 metadata.name must be a text'],
    names: [],
  },
  {
    title: 'another namespace',
    input: file('name: shop\nnamespace: kube-system'),
    want: ['5:14 a WebApp of this source lives in namespace default; remove the namespace'],
    names: ['shop'],
  },
  {
    title: 'metadata of the API server',
    input: file('name: shop\nuid: x\ngenerateName: y'),
    want: [
      '5:8 metadata.uid cannot be set from a file; remove it',
      '6:17 metadata.generateName cannot be set from a file; remove it',
    ],
    names: ['shop'],
  },
  {
    title: 'owners and finalizers',
    input: file('name: shop\nfinalizers: [a]\nownerReferences: []'),
    want: [
      '5:15 metadata.finalizers cannot be set from a file; remove it',
      '6:20 metadata.ownerReferences cannot be set from a file; remove it',
    ],
    names: ['shop'],
  },
  {
    title: 'labels that are a list',
    input: file('name: shop\nlabels: [a]'),
    want: ['5:11 metadata.labels must map names to texts'],
    names: ['shop'],
  },
  {
    title: 'a label that is a truth value',
    input: file('name: shop\nlabels:\n  a: x\n  b: yes'),
    want: ['7:8 the value of b must be a text: put it in quotes'],
    names: ['shop'],
  },
  {
    title: 'an annotation that is a number',
    input: file('name: shop\nannotations:\n  a.b/c: 5'),
    want: ['6:12 the value of a.b/c must be a text: put it in quotes'],
    names: ['shop'],
  },
  {
    title: 'an annotation without value',
    input: file('name: shop\nannotations:\n  a:\n  b: c'),
    want: ['6:5 the value of a must be a text: put it in quotes'],
    names: ['shop'],
  },
  {
    title: 'an annotation of binary data',
    input: file('name: shop\nannotations: {a: !!binary aGk=}'),
    want: ['5:29 the value of a must be a text: put it in quotes'],
    names: ['shop'],
  },
  {
    title: 'the annotation of retries',
    input: file("name: shop\nannotations:\n  webapps.example.com/retry: '{}'"),
    want: ['6:32 webapps.example.com/retry is set by the reconciler; remove it'],
    names: ['shop'],
  },
  {
    title: 'the annotation of the commit',
    input: file('name: shop\nannotations:\n  webapps.example.com/revision: x'),
    want: ['6:35 webapps.example.com/revision is set by the reconciler; remove it'],
    names: ['shop'],
  },
  {
    title: 'the label of the source',
    input: file('name: shop\nlabels:\n  webapps.example.com/source: x'),
    want: ['6:33 webapps.example.com/source is set by the reconciler; remove it'],
    names: ['shop'],
  },
  {
    title: 'several at once',
    input: file('name: shop\nuid: x\nlabels: {a: 1}', 'spec: 5\n'),
    want: [
      '7:7 spec must be an object with at least image',
      '5:8 metadata.uid cannot be set from a file; remove it',
      '6:15 the value of a must be a text: put it in quotes',
    ],
    names: ['shop'],
  },
  {
    title: 'a bad document beside a good one',
    input: `${file('name: good')}---\n${file('name: bad\nuid: x')}`,
    want: ['11:8 metadata.uid cannot be set from a file; remove it'],
    names: ['good', 'bad'],
  },
];

for (const { title, input, want, names } of rows) {
  test(`manifests: ${title}`, (t) => {
    const found = read(input);
    t.deepEqual(found.problems.map(told), want);
    for (const { path } of found.problems) t.is(path, 'apps/shop.yaml');
    t.deepEqual(found.names, names);
    t.is(found.manifests.length, names.filter((name) => name === 'good').length);
  });
}

test('manifests: labels and annotations that are left empty are none', (t) => {
  const { manifests, problems } = read(file('name: shop\nlabels:\nannotations:'));
  t.deepEqual(problems, []);
  // Spread into the object that is applied.
  t.deepEqual({ ...manifests[0]?.labels, ...manifests[0]?.annotations }, {});
});
