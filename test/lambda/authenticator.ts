// The webhook by which an EKS cluster asks who shows a token: kube-apiserver sends it a TokenReview.
import { writeFile } from 'node:fs/promises';
import { json } from 'node:stream/consumers';
import { listen } from '../helpers/listen.ts';
import { identify, type Role, type Wanted } from './sts.ts';

/** A running authenticator. */
export interface Authenticator extends Disposable {
  /** Who was told apart, and why others were refused, in order. */
  readonly seen: string[];
}

/** An access entry: the role and the groups that it is a member of. */
export interface AccessEntry {
  readonly role: Role;
  readonly groups: readonly string[];
}

/** Starts one that knows these roles, and writes kube-apiserver's configuration of it into the file. */
export async function startAuthenticator(
  file: string,
  wanted: Omit<Wanted, 'now' | 'role'>,
  entries: readonly AccessEntry[],
): Promise<Authenticator> {
  const seen: string[] = [];
  const review = (token: string) => {
    let error = 'nobody is known';
    for (const { role, groups } of entries) {
      const identity = identify(token, { ...wanted, role, now: Date.now() });
      if (identity.kind === 'role') {
        seen.push(identity.arn);
        return { authenticated: true, user: { username: identity.arn, groups } };
      }
      error = identity.reason;
    }
    seen.push(error);
    return { authenticated: false, error };
  };
  const server = await listen(async (request, response) => {
    const { spec } = (await json(request)) as { spec: { token: string } };
    const answer = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...answer, status: review(spec.token) }));
  });
  await writeFile(file, configuration(server.url), { mode: 0o600 });
  return { seen, [Symbol.dispose]: () => server[Symbol.dispose]() };
}

function configuration(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'authenticator', cluster: { server } }],
    users: [{ name: 'kube-apiserver', user: {} }],
    contexts: [{ name: 'it', context: { cluster: 'authenticator', user: 'kube-apiserver' } }],
    'current-context': 'it',
  });
}
