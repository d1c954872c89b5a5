// Which files are read, where the API server's complaints stand in them, and what a large file costs.
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

const floods: [title: string, input: (count: number) => string][] = [
  ['documents', (count) => '---\n# a comment to fill the line\na\n'.repeat(count)],
  [
    'labels',
    (count) => file(`name: shop\nlabels:\n${'  @: 1\n'.repeat(count).replace(/@/g, unique())}`),
  ],
];

// The same number of findings, in one file and in four: a search through the file for each would take four times as long.
for (const [title, input] of floods) {
  test.serial(`manifests: many wrong ${title} in one file take no longer than in four`, (t) => {
    const [many, few] = [input(8_000), input(2_000)];
    const used = (texts: string[]) => {
      const before = process.cpuUsage();
      for (const text of texts) t.is(read(text).problems.length, 8_000 / texts.length);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    // In turns, so that a busy machine is as busy for both; the first rounds are for the compiler.
    const rounds = Array.from({ length: 12 }, () => [used([many]), used([few, few, few, few])]);
    const least = (which: number) => Math.min(...rounds.slice(2).map((one) => one[which] ?? 0));
    const ratio = least(0) / least(1);
    t.true(ratio < 2.2, `${ratio.toFixed(2)} times as long`);
  });
}

function unique(): () => string {
  let n = 0;
  return () => `a${n++}`;
}
