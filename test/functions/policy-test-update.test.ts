// `webapp test --update`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { folderOf, webapp } from '../helpers/cli.ts';
import { HEAD, POLICY } from '../helpers/policy-tests.ts';

const COMMENTED = `# The bound.
${HEAD}    # Just so.
    - name: three   # the most
      patch: {spec: {replicas: 3}}

    - name: four
      expect: allowed   # we thought
      patch: {spec: {replicas: 4}}
    - name: five
      findings:
      - policy: nobody
      expect: allowed
      patch:
        spec: {replicas: 5}

# The end.
`;

test('--update writes what was seen and leaves everything else as it was', async (t) => {
  const folder = await folderOf(t, { ...POLICY, 'policies/tests/replicas.yaml': COMMENTED });
  const ran = await webapp(folder, ['test', '--update']);
  t.is(ran.code, 0, ran.stderr);
  t.regex(
    ran.stdout,
    /✚ policies\/tests\/replicas\.yaml: wrote what was seen of three, four, five\n0 of 3 cases were as expected\n/,
  );
  const text = await readFile(join(folder, 'policies/tests/replicas.yaml'), 'utf8');
  t.is(
    text,
    `# The bound.
${HEAD}    # Just so.
    - name: three   # the most
      patch: {spec: {replicas: 3}}
      expect: allowed

    - name: four
      expect: denied   # we thought
      patch: {spec: {replicas: 4}}
    - name: five
      expect: denied
      findings:
        - policy: at-most-three
          message: replicas must be <= 3
      patch:
        spec: {replicas: 5}

# The end.
`,
  );
  t.is((await webapp(folder, ['test'])).code, 0);
});

test('--update keeps the line ends of a file, and refuses a layout that it could spoil', async (t) => {
  const crlf = `${HEAD}    - name: three\n      patch: {spec: {replicas: 3}}\n`.replaceAll(
    '\n',
    '\r\n',
  );
  const braces = `${HEAD}    - {name: three, patch: {spec: {replicas: 3}}}\n`;
  const folder = await folderOf(t, {
    ...POLICY,
    'policies/tests/crlf.yaml': crlf,
    'policies/tests/braces.yaml': braces,
  });
  const ran = await webapp(folder, ['test', '--update']);
  t.is(ran.code, 1);
  t.regex(
    ran.stdout,
    /✗ policies\/tests\/braces\.yaml: not updated: the case in line 11 is written in braces/,
  );
  const read = (name: string) => readFile(join(folder, 'policies/tests', name), 'utf8');
  t.is(await read('crlf.yaml'), `${crlf}      expect: allowed\r\n`);
  t.is(await read('braces.yaml'), braces);
});
