// How AWS is reached from a Lambda: region and credentials are in its environment. Two APIs, of which one call each is
// used, and a signature: the SDK would be most of the bundle.
import aws4 from 'aws4';
import { Agent, interceptors, request } from 'undici';
import type { Environment } from '../config.ts';

/** Keys that requests are signed by; temporary ones come with a session token. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where and as whom AWS is called. */
export interface AwsAccess {
  readonly region: string;
  readonly credentials: Credentials;
  /** Base URL of a service by its name, such as `sqs`. */
  endpoint(service: string): string;
}

/** A call of one of AWS' JSON APIs. */
export interface AwsCall {
  readonly service: 'sqs' | 'ssm';
  /** Name of the API and the operation, such as `AmazonSQS.SendMessage`. */
  readonly target: string;
  readonly body: object;
}

const JSON_VERSION = { sqs: '1.0', ssm: '1.1' };
const TIMEOUT_MS = 3_000;

/** While a function was frozen its connections were closed. All that is called here may be called twice. */
const dispatcher = new Agent().compose(
  interceptors.retry({ methods: ['POST'], maxRetries: 2, minTimeout: 100, throwOnError: false }),
);

/** Returns what Lambda says in the environment; throws an error that names what is missing. */
export function awsAccess(environment: Environment): AwsAccess {
  const text = (name: string) => {
    const value = environment[name];
    if (!value) throw new Error(`${name} must be set, as Lambda does by itself`);
    return value;
  };
  const region = text('AWS_REGION');
  const sessionToken = environment.AWS_SESSION_TOKEN;
  return {
    region,
    credentials: {
      accessKeyId: text('AWS_ACCESS_KEY_ID'),
      secretAccessKey: text('AWS_SECRET_ACCESS_KEY'),
      ...(sessionToken && { sessionToken }),
    },
    endpoint: (service) =>
      environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ??
      `https://${hostOf(service, region)}`,
  };
}

/** Returns the host of a regional service. */
export function hostOf(service: string, region: string): string {
  return `${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** Returns the answer to a call, within 3 s; throws with the answer's code and message where it is refused. */
export async function callAws(
  { service, target, body }: AwsCall,
  access: AwsAccess,
): Promise<unknown> {
  const { origin, host } = new URL(access.endpoint(service));
  const text = JSON.stringify(body);
  const signed = aws4.sign(
    {
      ...{ service, region: access.region, host, method: 'POST', path: '/', body: text },
      headers: {
        'Content-Type': `application/x-amz-json-${JSON_VERSION[service]}`,
        'X-Amz-Target': target,
      },
    },
    access.credentials,
  );
  const answer = await request(`${origin}/`, {
    method: 'POST',
    dispatcher,
    headers: signed.headers as Record<string, string>,
    body: text,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const said = await answer.body.text();
  if (answer.statusCode >= 300)
    throw new Error(`${target} was answered with ${answer.statusCode}: ${said.slice(0, 500)}`);
  return JSON.parse(said);
}
