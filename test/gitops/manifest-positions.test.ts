// Which files are read, and where the API server's complaints stand in them.
import test from 'ava';
import { isManifestPath, readManifests } from '../../gitops/sync/manifests.ts';
import { told } from '../helpers/builders.ts';

const read = (text: string) => readManifests('apps/shop.yaml', text, 'default');
const file = (metadata: string, rest = 'spec: {image: a}\n') =>
  `apiVersion: example.com/v1\nkind: WebApp\nmetadata:\n${metadata.replace(/^/gm, '  ')}\n${rest}`;

const SPEC = 'spec:\n  image: a\n  env:\n    - name: A\n    - name: B\n      value: x\n';
const located: [field: string, want: string][] = [
  ['spec.image', '7:10'],
  ['spec.env[1].value', '11:14'],
  ['spec.env[1].valueFrom.x', '10:7'],
  ['spec.env[B].value', '11:14'],
  ['spec.env[C].value', '9:5'],
  ['spec.env[9]', '9:5'],
  ['spec.replicas', '7:3'],
  ['spec', '7:3'],
  ['metadata.labels[a.b/c]', '5:19'],
  ['', '1:1'],
  ['spec.[', '7:3'],
];

for (const [field, want] of located) {
  test(`manifests: the API server’s ${field || 'object'} is found in the file`, (t) => {
    const [manifest] = read(file('name: shop\nlabels: {a.b/c: "x"}', SPEC)).manifests;
    const problem = manifest?.problemAt(field, 'no');
    t.is(problem && told(problem), `${want} no`);
  });
}

const paths: [path: string, want: boolean][] = [
  ['a.yaml', true],
  ['a/b.yml', true],
  ['A.YAML', true],
  ['a.json', false],
  ['yaml', false],
  ['a.yaml.bak', false],
  ['README.md', false],
];

for (const [path, want] of paths) {
  test(`manifests: ${path} is ${want ? 'read' : 'not read'}`, (t) => {
    t.is(isManifestPath(path), want);
  });
}
