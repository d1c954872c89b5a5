// The bundle does what the sources do.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { createMessage, generateKey, sign } from 'openpgp';
import { checkPgp } from '../../gitops/io/signatures/pgp-signature.ts';
import { checkSsh } from '../../gitops/io/signatures/ssh-signature.ts';
import { writeBundles } from '../../infra/bundle.ts';
import { makeSshKey } from '../helpers/signing.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
let dist: string;

test.before(async () => {
  dist = await mkdtemp(join(tmpdir(), 'webapp-dist-'));
  await writeBundles(dist);
});
test.after.always(() => rm(dist, { recursive: true, force: true }));

/** Commands that between them load every part that needs no cluster. */
const commands: Record<string, string[]> = {
  help: ['--help'],
  'the settings of the functions': ['functions', '--help'],
  'tests of the packs': ['test', 'policies/packs'],
  'tests of the packs as JUnit': ['test', '-o', 'json', 'policies/packs'],
  'verdicts of the packs': ['eval', '--policies', 'policies/packs', '--objects', 'examples'],
  'a wrong option': ['review', '--nonsense'],
  'a review of what is not there': ['review', '--base', 'no-such-commit'],
};

for (const [title, args] of Object.entries(commands)) {
  test(`bundle and sources say the same: ${title}`, async (t) => {
    const of = (program: string) =>
      run(process.execPath, [program, ...args], { cwd: ROOT }).catch((error) => error);
    const [bundle, sources] = [await of(join(dist, 'webapp.cjs')), await of('functions/cli.ts')];
    t.true(sources.stdout.length + sources.stderr.length > 0);
    t.deepEqual(
      [bundle.code, bundle.stdout, bundle.stderr],
      [sources.code, sources.stdout, sources.stderr],
    );
  });
}

const FOLDER = 'gitops/io/signatures';

/** Bundles one file as the others are and returns what it exports. */
async function bundled(file: string): Promise<Record<string, unknown>> {
  const folder = join(dist, file.replace(/\W/g, '-'));
  await writeBundles(folder, { it: file });
  return createRequire(join(folder, 'it.cjs'))('./it.cjs');
}

test('bundle and sources say the same: OpenPGP signatures', async (t) => {
  const { privateKey, publicKey } = await generateKey({
    userIDs: [{ name: 'a' }],
    format: 'object',
  });
  const payload = new TextEncoder().encode('commit');
  const message = await createMessage({ binary: payload });
  const armored = String(await sign({ message, signingKeys: privateKey, detached: true }));
  const own = (await bundled(`${FOLDER}/pgp-signature.ts`)) as { checkPgp: typeof checkPgp };
  const keys = { keys: [publicKey.armor()], now: Date.now() };
  for (const bytes of [payload, new TextEncoder().encode('another')]) {
    const [bundle, sources] = [
      await own.checkPgp(bytes, armored, keys),
      await checkPgp(bytes, armored, keys),
    ];
    t.deepEqual(bundle, sources);
    t.is(sources.kind, bytes === payload ? 'good' : 'bad');
  }
});

test('bundle and sources say the same: SSH signatures', async (t) => {
  await using key = await makeSshKey('signer');
  const file = join(dist, 'payload');
  await writeFile(file, 'commit');
  await run('ssh-keygen', ['-q', '-Y', 'sign', '-f', key.path, '-n', 'git', file]);
  const armored = await readFile(`${file}.sig`, 'utf8');
  const own = (await bundled(`${FOLDER}/ssh-signature.ts`)) as { checkSsh: typeof checkSsh };
  const payload = new TextEncoder().encode('commit');
  t.deepEqual(own.checkSsh(payload, armored, [key.line]), checkSsh(payload, armored, [key.line]));
  t.is(checkSsh(payload, armored, [key.line]).kind, 'good');
});
