// Signatures of commits that git itself made.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { verifyCommits } from '../../gitops/io/signatures/verify.ts';

interface Fixtures {
  readonly commits: Record<string, { id: string; content: string }>;
  readonly keys: Record<string, string>;
}

const { commits, keys } = JSON.parse(
  readFileSync(new URL('signatures/commits.json', import.meta.url), 'utf8'),
) as Fixtures;
const NOW = Date.parse('2026-12-01T00:00:00Z');
const SSH = { sshKeys: [keys['ssh-ed25519'], keys['ssh-rsa'], keys['ssh-ecdsa']] as string[] };
const PGP = { pgpKeys: [keys.ana, keys.rob] as string[] };

const commit = (name: string, edit = (text: string) => text) => {
  const { id, content } = commits[name] as { id: string; content: string };
  return { id, content: Buffer.from(edit(content)) };
};

const good: [name: string, by: RegExp][] = [
  ['ssh-ed25519', /^the SSH key SHA256:KV1KrkRJYlDpF7lxe\+OMwJv\/ML\/iKurS3IF5JE1AMl4$/],
  ['ssh-rsa', /^the SSH key SHA256:/],
  ['ssh-ecdsa', /^the SSH key SHA256:/],
  ['ana', /^the OpenPGP key [0-9A-F]{16}$/],
  ['rob', /^the OpenPGP key [0-9A-F]{16}$/],
];

for (const [name, by] of good) {
  test(`${name} signed it`, async (t) => {
    t.regex(await verifyCommits([commit(name)], { ...SSH, ...PGP }, NOW), by);
  });

  test(`${name} signed another text`, async (t) => {
    for (const edit of [
      (text: string) => text.replace('tree ', 'tree 0'),
      (text: string) => `${text}more`,
      (text: string) => text.replace('author Ana', 'author Bob'),
      (text: string) => text.replace('author ', 'author Eve <eve@example.com> 1 +0000\r\nauthor '),
      (text: string) => `parent ${'0'.repeat(40)}\r\n${text}`,
    ]) {
      const changed = verifyCommits([commit(name, edit)], { ...SSH, ...PGP }, NOW);
      await t.throwsAsync(changed, {
        message: /not for this commit|[Ss]igned digest did not match/,
      });
    }
  });

  test(`${name} is not listed`, async (t) => {
    const signers = name.startsWith('ssh') ? PGP : { ...SSH, pgpKeys: [keys.old as string] };
    const refused = verifyCommits([commit(name)], signers, NOW);
    const error = await t.throwsAsync(refused, { name: 'PermanentError' });
    t.regex(error.message, /is not listed|Could not find signing key/);
  });
}

const bad: [
  title: string,
  name: string,
  signers: object,
  message: RegExp,
  edit?: (text: string) => string,
][] = [
  ['no signature', 'not signed', SSH, /^commit 4cce71a2\w+: it is not signed$/],
  ['a key that has expired', 'old', { pgpKeys: [keys.old] }, /expired/],
  ['a key that was revoked', 'rev', { pgpKeys: [keys.revoked] }, /revoked/],
  ['no keys', 'ana', {}, /Could not find signing key/],
  [
    'two signatures',
    'ana',
    PGP,
    /more than one signature/,
    (text) => text.replace(/gpgsig [\s\S]*?END PGP SIGNATURE-----\n/, '$&$&'),
  ],
  [
    'a signature for SHA-256 ids',
    'ana',
    PGP,
    /gpgsig-sha256/,
    (text) => text.replace('gpgsig ', 'gpgsig-sha256 '),
  ],
  [
    'a signature that is none',
    'ana',
    PGP,
    /OpenPGP: /,
    (text) => text.replace(/gpgsig [\s\S]*?END PGP SIGNATURE-----\n/, 'gpgsig hello\n'),
  ],
  [
    'an SSH signature cut short',
    'ssh-ed25519',
    SSH,
    /ends too early|does not begin/,
    (text) => text.replace(/(BEGIN SSH SIGNATURE-----\n .{20}).*\n[\s\S]*?( -----END)/, '$1\n$2'),
  ],
];

for (const [title, name, signers, message, edit] of bad) {
  test(`not verified: ${title}`, async (t) => {
    const refused = verifyCommits([commit(name, edit)], signers, NOW);
    await t.throwsAsync(refused, { name: 'PermanentError', message });
  });
}

test('a revoked key was good before', async (t) => {
  t.regex(await verifyCommits([commit('rev')], { pgpKeys: [keys.rev as string] }, NOW), /OpenPGP/);
});

test('every commit has to be good', async (t) => {
  const both = [commit('ana'), commit('not signed')];
  await t.throwsAsync(verifyCommits(both, PGP, NOW), { message: /not signed/ });
  t.regex(await verifyCommits([commit('rob'), commit('ana')], PGP, NOW), /OpenPGP/);
});

test('keys that cannot be read are named', async (t) => {
  const { sshKeys } = SSH;
  const ssh = verifyCommits(
    [commit('ssh-rsa')],
    { sshKeys: [...sshKeys, 'ssh-rsa nonsense'] },
    NOW,
  );
  await t.throwsAsync(ssh, { message: /^spec\.verify\.sshKeys\[3\] is no public key/ });
  const pgp = verifyCommits([commit('ana')], { pgpKeys: ['nonsense'] }, NOW);
  await t.throwsAsync(pgp, { message: /^spec\.verify\.pgpKeys\[0\] is no armored public key/ });
});
