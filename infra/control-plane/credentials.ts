import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const administrators = ['admin', 'kwok'] as const;
const users = [
  ...administrators,
  'system:kube-controller-manager',
  'system:kube-scheduler',
] as const;

/** A user of the control plane that has a token of its own. */
export type TokenUser = (typeof users)[number];

/**
 * Writes what kube-apiserver needs to know its callers into `dir`: a key that signs service-account tokens,
 * and a random token per user. Returns the tokens; files are readable by their owner alone.
 */
export async function writeCredentials(dir: string): Promise<Record<TokenUser, string>> {
  await writeServiceAccountKey(dir);
  const tokens = users.map((user) => [user, randomBytes(32).toString('hex')] as const);
  const lines = tokens.map(([user, token]) => `${token},${user},${user}${groupOf(user)}\n`);
  await writeFile(join(dir, 'tokens.csv'), lines.join(''), { mode: 0o600 });
  return Object.fromEntries(tokens) as Record<TokenUser, string>;
}

function groupOf(user: string): string {
  return administrators.some((name) => name === user) ? ',system:masters' : '';
}

/** A folder that is used again keeps its key: its service accounts' tokens stay good. */
async function writeServiceAccountKey(dir: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'sec1', format: 'pem' });
  await writeFile(join(dir, 'sa.key'), pem, { mode: 0o600, flag: 'wx' }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
