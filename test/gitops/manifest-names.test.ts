// Which names a file gives, and whether they are all it means: only then does a name that is missing mean a prune.
import test from 'ava';
import { readManifests } from '../../gitops/sync/manifests.ts';

const METADATA = 'apiVersion: example.com/v1\nkind: WebApp\nmetadata';
const named = (name: string, rest = 'spec: {image: a}') =>
  `${METADATA}: {name: ${name}}\n${rest}\n`;

interface Row {
  readonly title: string;
  readonly documents: string[];
  readonly names: string[];
}

const complete: Row[] = [
  { title: 'an empty file', documents: [''], names: [] },
  { title: 'only comments', documents: ['# nothing\n'], names: [] },
  { title: 'empty documents', documents: ['', '~\n', '# nothing\n'], names: [] },
  { title: 'good ones', documents: [named('a'), named('b')], names: ['a', 'b'] },
  { title: 'an empty document beside one', documents: ['', named('a'), ''], names: ['a'] },
  { title: 'one name twice', documents: [named('a'), named('a')], names: ['a', 'a'] },
  { title: 'a spec that is none', documents: [named('a', 'spec: x')], names: ['a'] },
  { title: 'no spec', documents: [named('a', ''), named('b')], names: ['a', 'b'] },
  { title: 'another kind', documents: ['kind: Service\nmetadata: {name: a}\n'], names: ['a'] },
  {
    title: 'a kind of no text',
    documents: ['kind: {toString: x}\nmetadata: {name: a}\n'],
    names: ['a'],
  },
  { title: 'bad metadata', documents: [named('a, uid: x')], names: ['a'] },
];

const unclear: Row[] = [
  { title: 'no YAML', documents: ['a: ['], names: [] },
  { title: 'no YAML behind a good document', documents: [named('a'), 'a: ['], names: [] },
  { title: 'a text', documents: ['hello\n'], names: [] },
  { title: 'a list', documents: ['- a\n'], names: [] },
  { title: 'a number', documents: ['0\n'], names: [] },
  { title: 'a list of WebApps', documents: ['kind: List\nitems: []\n'], names: [] },
  { title: 'an empty map', documents: ['{}\n'], names: [] },
  { title: 'no metadata', documents: ['kind: WebApp\nspec: {}\n'], names: [] },
  { title: 'metadata that is a text', documents: [`${METADATA}: shop\n`], names: [] },
  { title: 'metadata that is left empty', documents: [`${METADATA}:\n`], names: [] },
  { title: 'no name', documents: [`${METADATA}: {labels: {}}\n`], names: [] },
  { title: 'a name that is a number', documents: [named('12')], names: [] },
  { title: 'a name that is a truth value', documents: [named('no')], names: [] },
  { title: 'an empty name', documents: [named('""')], names: [] },
  { title: 'a name left empty', documents: [named('')], names: [] },
  {
    title: 'one without a name behind a good one',
    documents: [named('a'), named('1')],
    names: ['a'],
  },
  { title: 'one without a name before a good one', documents: ['x\n', named('a')], names: ['a'] },
];

for (const rows of [complete, unclear]) {
  for (const { title, documents, names } of rows) {
    const all = rows === complete;
    test(`names: ${title}: ${all ? 'all there are' : 'perhaps not all'}`, (t) => {
      const found = readManifests('a.yaml', documents.join('---\n'), 'default');
      t.deepEqual(found.names, names);
      t.is(found.complete, all);
    });
  }
}
