// SOURCES_FILE: what is wrong with it is said with file, line and field, all at once.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readConfig } from '../../functions/config.ts';
import { readSources } from '../../functions/review/sources-file.ts';

const GOOD = `apiVersion: example.com/v1
kind: WebAppSource
metadata: {name: fleet, namespace: shop}
spec:
  url: https://git.example/acme/fleet.git
  review: {forge: github}
`;

test('sources file: what is left out is as the CRD says', (t) => {
  const read = readSources(`${GOOD}---\n${GOOD.replace('fleet,', 'other,')}`, 's.yaml');
  t.is(read.kind, 'sources');
  t.like(read, {
    sources: [
      { metadata: { name: 'fleet' }, spec: { branch: 'main', path: '.', suspend: false } },
      { metadata: { name: 'other' } },
    ],
  });
});

const wrong: { title: string; text: string; want: string[] }[] = [
  { title: 'empty', text: '', want: ['1:1 the file holds no WebAppSource'] },
  { title: 'not YAML', text: 'a: [', want: ['1:5 not valid YAML'] },
  {
    title: 'another kind',
    text: GOOD.replace('WebAppSource', 'WebApp'),
    want: ['1:1 only WebAppSource objects of example.com/v1 are read here'],
  },
  {
    title: 'no namespace and no url',
    text: GOOD.replace(', namespace: shop', '').replace(/ {2}url.*\n/, ''),
    want: ['3:11 metadata.namespace must be a text', '5:3 spec.url must be an http'],
  },
  {
    title: 'credentials in the url, another forge, a path that leads out',
    text: GOOD.replace('https://', 'https://me:pw@').replace('github}', 'svn}\n  path: ../x'),
    want: [
      '5:8 spec.url must be an http or https address without credentials',
      '7:9 spec.path must be a folder inside the repository',
      '6:19 spec.review.forge must be one of github, gitlab, gitea',
    ],
  },
  {
    title: 'a typing error, and Secrets that nobody can read',
    text: GOOD.replace('spec:', 'spec:\n  secretRef: {name: x}\n  barnch: main'),
    want: ['6:11 spec.barnch is not a field', '5:14 spec.secretRef names a Secret of a cluster'],
  },
];

for (const { title, text, want } of wrong) {
  test(`sources file: ${title}`, (t) => {
    const read = readSources(text, 's.yaml');
    const told = read.kind === 'wrong' ? read.problems : [];
    t.is(told.length, want.length, JSON.stringify(told));
    told.forEach(({ path, line, column, message }, index) => {
      t.is(path, 's.yaml');
      t.true(`${line}:${column} ${message}`.startsWith(want[index] ?? '-'), message);
    });
  });
}

async function fileWith(t: ExecutionContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-sources-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'file'), text);
  return join(folder, 'file');
}

test('config: with SOURCES_FILE no cluster is needed and no events are served', async (t) => {
  const SOURCES_FILE = await fileWith(t, GOOD);
  const FORGE_TOKEN_FILE = await fileWith(t, ' token\n');
  const config = readConfig({ WEBHOOK_SECRET: 's', SOURCES_FILE, FORGE_TOKEN_FILE });
  t.deepEqual([...config.serve], ['reviews', 'tick', 'metrics']);
  t.is(config.standalone?.forgeToken, 'token');
  t.is(config.standalone?.sources[0]?.metadata.name, 'fleet');
});

test('config: everything wrong with SOURCES_FILE is said at once, and no token is', async (t) => {
  const SOURCES_FILE = await fileWith(t, GOOD.replace('github', 'svn'));
  const read = (more: Record<string, string>) => () =>
    readConfig({ WEBHOOK_SECRET: 's', SOURCES_FILE, FUNCTIONS: 'events,reviews', ...more });
  const { message } = t.throws(read({})) ?? { message: '' };
  t.regex(message, /FORGE_TOKEN \(or FORGE_TOKEN_FILE\) must be set/);
  t.regex(message, /SOURCES_FILE \S+:6:19: spec\.review\.forge must be one of/);
  t.regex(message, /FUNCTIONS must not name webapps/);
  t.throws(read({ SOURCES_FILE: '/nowhere', FORGE_TOKEN: 'hush' }), {
    message: /^(?![\s\S]*hush)[\s\S]*SOURCES_FILE cannot be read/,
  });
});
