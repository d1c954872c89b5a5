// How a Lambda says to an EKS cluster who it is: by a request to STS that asks "who am I?", signed and not sent. The
// cluster sends it, so that STS tells it the role. No plugin has to run, and no secret of the cluster is kept anywhere.
import aws4 from 'aws4';
import { type AwsAccess, hostOf } from './access.ts';

/** What a token is made of; the time in milliseconds since the epoch. */
export interface TokenWish {
  readonly cluster: string;
  readonly access: Pick<AwsAccess, 'region' | 'credentials'>;
  readonly now: number;
}

/** The cluster takes a token for 15 minutes. It is shown for ten, so that the same one is asked of STS only once. */
const KEEP_MS = 10 * 60_000;
const PREFIX = 'k8s-aws-v1.';

/** Returns a bearer token that tells an EKS cluster of this name the role whose credentials are given. */
export function eksToken({ cluster, access, now }: TokenWish): string {
  const { region, credentials } = access;
  const query = new URLSearchParams({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Date': new Date(now).toISOString().replace(/[-:]|\.\d+/g, ''),
    'X-Amz-Expires': '60',
  });
  const { host, path } = aws4.sign(
    {
      ...{ service: 'sts', region, host: hostOf('sts', region), signQuery: true },
      path: `/?${query}`,
      // Signed with the rest: a token for one cluster is good for no other.
      headers: { 'x-k8s-aws-id': cluster },
    },
    credentials,
  );
  return PREFIX + Buffer.from(`https://${host}${path}`).toString('base64url');
}

/** Returns a source of tokens: each is shown for ten minutes, by the clock, as a function may have been frozen meanwhile. */
export function createTokens(make: (now: number) => string, clock: () => number): () => string {
  let kept: { readonly token: string; readonly until: number } | undefined;
  return () => {
    const now = clock();
    if (kept === undefined || now >= kept.until) kept = { token: make(now), until: now + KEEP_MS };
    return kept.token;
  };
}
