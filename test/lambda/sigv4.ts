// AWS Signature Version 4 from AWS' description, to check signatures that the functions' library has made.
import { createHash, createHmac } from 'node:crypto';

/** A request as it was signed; names of headers are in lower case. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  /** All parameters but the signature. */
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly signedHeaders: readonly string[];
  readonly body: string;
  /** As in X-Amz-Date. */
  readonly date: string;
  /** DATE/REGION/SERVICE/aws4_request. */
  readonly scope: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Returns the signature, in hexadecimal, that the owner of the secret key makes of the request. */
export function signatureOf(request: SignedRequest, secretKey: string): string {
  const { scope, date } = request;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical(request))].join('\n');
  const [day = '', region = '', service = ''] = scope.split('/');
  const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secretKey}`, day));
  return hmac(key, text).toString('hex');
}

function canonical({ method, path, query, headers, signedHeaders, body }: SignedRequest): string {
  const pairs = query.map(([key, value]) => `${encode(key)}=${encode(value)}`).sort();
  const lines = signedHeaders.map((name) => `${name}:${headers[name]?.trim()}\n`);
  return [
    method,
    path,
    pairs.join('&'),
    lines.join(''),
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n');
}
