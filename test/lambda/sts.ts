// What an EKS cluster and STS do with a token: unpack it, refuse what is no question about the caller's identity, and
// see by the signature who asks.
import { signatureOf } from './sigv4.ts';

/** Keys of a role as STS knows them. */
export interface Role {
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Who shows a token, or why nobody knows. */
export type Identity =
  | { readonly kind: 'role'; readonly arn: string }
  | { readonly kind: 'refused'; readonly reason: string };

const TOKEN_AGE_MS = 15 * 60_000;

/** Returns whose token it is, for the cluster of this name at this time. */
export function identify(token: string, wanted: Wanted): Identity {
  if (!token.startsWith('k8s-aws-v1.')) return refused('it has another prefix');
  const url = new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
  const reason = formProblem(url, wanted) ?? signatureProblem(url, wanted);
  return reason ? refused(reason) : { kind: 'role', arn: wanted.role.arn };
}

/** Who is known, and what is asked for; time in milliseconds since the epoch. */
export interface Wanted {
  readonly role: Role;
  readonly cluster: string;
  readonly region: string;
  readonly now: number;
}

function formProblem(url: URL, { region, now }: Wanted): string | undefined {
  const of = (name: string) => url.searchParams.get(name);
  if (url.protocol !== 'https:' || url.host !== `sts.${region}.amazonaws.com`)
    return `it goes to ${url.origin}`;
  if (url.pathname !== '/' || of('Action') !== 'GetCallerIdentity')
    return 'it asks for something else';
  if (!of('X-Amz-SignedHeaders')?.split(';').includes('x-k8s-aws-id'))
    return 'the name of the cluster is not signed';
  const [, y, mo, d, h, mi, s] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(of('X-Amz-Date') ?? '') ?? [];
  const age = now - Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
  return age < TOKEN_AGE_MS && age > -TOKEN_AGE_MS ? undefined : 'it is too old';
}

function signatureProblem(url: URL, { role, cluster }: Wanted): string | undefined {
  const query = [...url.searchParams].filter(([name]) => name !== 'X-Amz-Signature');
  const of = (name: string) => url.searchParams.get(name) ?? '';
  const [keyId, ...scope] = of('X-Amz-Credential').split('/');
  if (keyId !== role.accessKeyId || of('X-Amz-Security-Token') !== role.sessionToken)
    return 'nobody has this key';
  const request = {
    ...{ method: 'GET', path: '/', query, body: '' },
    headers: { host: url.host, 'x-k8s-aws-id': cluster },
    signedHeaders: of('X-Amz-SignedHeaders').split(';'),
    date: of('X-Amz-Date'),
    scope: scope.join('/'),
  };
  const isRight = signatureOf(request, role.secretAccessKey) === of('X-Amz-Signature');
  return isRight ? undefined : 'the signature is wrong';
}

function refused(reason: string): Identity {
  return { kind: 'refused', reason };
}
