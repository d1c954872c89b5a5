// The bundle does what the sources do, or says which Node it needs.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { createMessage, generateKey, sign } from 'openpgp';
import { checkPgp } from '../../gitops/io/signatures/pgp-signature.ts';
import { checkSsh } from '../../gitops/io/signatures/ssh-signature.ts';
import { BUNDLES, writeBundles } from '../../infra/bundle.ts';
import manifest from '../../package.json' with { type: 'json' };
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

const NEEDED = Number.parseInt(manifest.dependencies.node, 10);

/** Returns the programs on the path whose Node is too old, with its version; in CI one of them has started npm. */
function oldNodes(): { program: string; version: string }[] {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .filter(existsSync)
    .map((program) => {
      const args = ['--print', 'process.versions.node'];
      return { program, version: execFileSync(program, args, { encoding: 'utf8' }).trim() };
    })
    .filter(({ version }) => Number.parseInt(version, 10) < NEEDED);
}

const [old] = oldNodes();
const withOldNode = old ? test : test.skip;

for (const name of Object.keys(BUNDLES)) {
  withOldNode(`a Node that is too old is told so in one line by ${name}.cjs`, async (t) => {
    const { program = '', version } = old ?? {};
    const error = await t.throwsAsync(run(program, [join(dist, `${name}.cjs`), '--help']));
    t.like(error, {
      ...{ code: 3, stdout: '' },
      stderr: `✗ ${name}.cjs needs Node ${NEEDED} or newer; this is Node ${version}, ${program}\n`,
    });
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
