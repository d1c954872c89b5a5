// The webhook by which an EKS cluster asks who shows a token: kube-apiserver sends it a TokenReview.
import { writeFile } from 'node:fs/promises';
import { json } from 'node:stream/consumers';
import { listen } from '../helpers/listen.ts';
import { identify, type Wanted } from './sts.ts';

/** A running authenticator. */
export interface Authenticator extends Disposable {
  /** Who was told apart, and why others were refused, in order. */
  readonly seen: string[];
}

/** Starts one that knows one role and its group, and writes kube-apiserver's configuration of it into the file. */
export async function startAuthenticator(
  file: string,
  wanted: Omit<Wanted, 'now'>,
  group: string,
): Promise<Authenticator> {
  const seen: string[] = [];
  const review = (token: string) => {
    const identity = identify(token, { ...wanted, now: Date.now() });
    seen.push(identity.kind === 'role' ? identity.arn : identity.reason);
    return identity.kind === 'role'
      ? { authenticated: true, user: { username: identity.arn, groups: [group] } }
      : { authenticated: false, error: identity.reason };
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
