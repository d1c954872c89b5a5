// What the Lambda says to AWS and to an EKS cluster, checked by signatures made another way.
import type { RequestOptions } from 'node:https';
import test from 'ava';
import { awsAccess, callAws } from '../../functions/aws/access.ts';
import { eksCluster } from '../../functions/aws/eks-cluster.ts';
import { createTokens, eksToken } from '../../functions/aws/eks-token.ts';
import { resolveParameters } from '../../functions/aws/parameters.ts';
import { type SendMessage, sqsSender, VisitQueue } from '../../functions/aws/visit-queue.ts';
import { decodeCloudEvent } from '../../functions/cloud-event.ts';
import { createLog } from '../../functions/log.ts';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { startAws } from '../lambda/aws-server.ts';
import { signatureOf } from '../lambda/sigv4.ts';
import { identify, type Role } from '../lambda/sts.ts';

const ROLE: Role = {
  arn: 'arn:aws:iam::123456789012:role/functions',
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'session/token+with==signs',
};
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const MINUTE = 60_000;

function environmentFor(url = 'http://127.0.0.1:1'): Record<string, string> {
  return {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: ROLE.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ROLE.secretAccessKey,
    AWS_SESSION_TOKEN: ROLE.sessionToken,
    AWS_ENDPOINT_URL_SQS: url,
    AWS_ENDPOINT_URL_SSM: url,
  };
}

const access = awsAccess(environmentFor());
const wanted = { role: ROLE, cluster: 'shops', region: 'eu-west-1', now: NOW };
const tokenFor = (cluster: string, now = NOW) => eksToken({ cluster, access, now });

test("the measure is right: AWS' published example get-vanilla has its published signature", (t) => {
  const request = {
    ...{ method: 'GET', path: '/', query: [], body: '', date: '20150830T123600Z' },
    headers: { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' },
    signedHeaders: ['host', 'x-amz-date'],
    scope: '20150830/us-east-1/service/aws4_request',
  };
  t.is(
    signatureOf(request, 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  );
});

test('a token for an EKS cluster tells the role', (t) => {
  const token = tokenFor('shops');
  t.regex(token, /^k8s-aws-v1\.[\w-]+$/);
  t.deepEqual(identify(token, wanted), { kind: 'role', arn: ROLE.arn });
  t.is(tokenFor('shops'), token, 'the same token at the same time');
});

test('a token says what EKS looks at: STS of the region, the cluster, and its time', (t) => {
  const text = Buffer.from(tokenFor('shops').slice(11), 'base64url').toString();
  const { origin, pathname, searchParams } = new URL(text);
  t.deepEqual([origin, pathname], ['https://sts.eu-west-1.amazonaws.com', '/']);
  t.like(Object.fromEntries(searchParams), {
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Date': '20260102T030405Z',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Security-Token': ROLE.sessionToken,
  });
});

const useless: Record<string, { token: string; of?: object; why: RegExp }> = {
  'of another cluster': { token: tokenFor('others'), why: /signature/ },
  'that is 15 minutes old': { token: tokenFor('shops', NOW - 15 * MINUTE), why: /old/ },
  'of a role with another secret': {
    token: tokenFor('shops'),
    of: { role: { ...ROLE, secretAccessKey: 'another' } },
    why: /signature/,
  },
  'for another region': { token: tokenFor('shops'), of: { region: 'us-east-1' }, why: /goes to/ },
};
for (const [title, { token, of, why }] of Object.entries(useless)) {
  test(`a token ${title} tells nobody`, (t) => {
    const identity = identify(token, { ...wanted, ...of });
    t.is(identity.kind, 'refused');
    t.regex(JSON.stringify(identity), why);
  });
}

test('the host of STS in China has its own suffix', (t) => {
  const token = eksToken({ cluster: 'c', access: { ...access, region: 'cn-north-1' }, now: NOW });
  t.regex(
    Buffer.from(token.slice(11), 'base64url').toString(),
    /^https:\/\/sts\.cn-north-1\.amazonaws\.com\.cn\//,
  );
});

test('a token is shown for ten minutes, then there is a new one, also after a long freeze', (t) => {
  let now = NOW;
  const tokens = createTokens(String, () => now);
  t.is(tokens(), String(NOW));
  now += 10 * MINUTE - 1;
  t.is(tokens(), String(NOW));
  now += 1;
  t.is(tokens(), String(now));
  now += 5 * 60 * MINUTE;
  t.is(tokens(), String(now));
});

const { cert } = makeCertificate();
const EKS = {
  EKS_CLUSTER: 'shops',
  EKS_ENDPOINT: 'https://0123.gr7.eu-west-1.eks.amazonaws.com',
  EKS_CA: Buffer.from(cert).toString('base64'),
};

test('an EKS cluster of the environment is trusted by its authority and shown the token', async (t) => {
  const config = eksCluster({ ...environmentFor(), ...EKS }, () => NOW);
  const options: RequestOptions = {};
  await config?.applyToHTTPSOptions(options);
  t.is(config?.getCurrentCluster()?.server, EKS.EKS_ENDPOINT);
  t.is(String(options.ca), cert);
  t.deepEqual(options.headers, { Authorization: `Bearer ${tokenFor('shops')}` });
  t.not(options.rejectUnauthorized, false);
});

test('no EKS cluster is no EKS cluster; half of one is an error that says what is wrong', (t) => {
  t.is(eksCluster({}), undefined);
  t.throws(() => eksCluster({ EKS_ENDPOINT: 'http://cluster', EKS_CA: 'x' }), {
    message:
      'the environment is not right:\n  EKS_CLUSTER must be the name of the cluster\n  EKS_ENDPOINT must be its https URL\n  EKS_CA must be its certificate authority, PEM in base64',
  });
});

test('without credentials the token says which variable is missing', async (t) => {
  const config = eksCluster({ ...EKS, AWS_REGION: 'eu-west-1' });
  await t.throwsAsync(async () => config?.applyToHTTPSOptions({}), {
    message: 'AWS_ACCESS_KEY_ID must be set, as Lambda does by itself',
  });
});

test('secrets are read from the Parameter Store by a signed request', async (t) => {
  using aws = await startAws([ROLE], { '/webapp/secret': 's3cret' });
  const from = { WEBHOOK_SECRET: 'ssm:/webapp/secret', PORT: '80', EVENT_TOKEN: undefined };
  const resolved = await resolveParameters(from, () => awsAccess(environmentFor(aws.url)));
  t.deepEqual(resolved, { WEBHOOK_SECRET: 's3cret', PORT: '80', EVENT_TOKEN: undefined });
  t.deepEqual(aws.refused, []);
});

test('a parameter that is not there fails the start, by name', async (t) => {
  using aws = await startAws([ROLE], {});
  const from = { WEBHOOK_SECRET: 'ssm:/webapp/secret' };
  await t.throwsAsync(
    resolveParameters(from, () => awsAccess(environmentFor(aws.url))),
    { message: /WEBHOOK_SECRET=ssm:\/webapp\/secret/ },
  );
});

test('an environment without parameters asks nobody', async (t) => {
  const from = { WEBHOOK_SECRET: 'plain' };
  t.is(await resolveParameters(from, () => t.fail() as never), from);
});

test('a refusal of AWS is told with its code', async (t) => {
  using aws = await startAws([{ ...ROLE, secretAccessKey: 'another' }], {});
  const call = { service: 'ssm', target: 'AmazonSSM.GetParameters', body: {} } as const;
  await t.throwsAsync(callAws(call, awsAccess(environmentFor(aws.url))), {
    message: /GetParameters was answered with 400: .*InvalidSignatureException/,
  });
});

const due = { of: WEBAPP_SOURCE, key: { namespace: 'shop', name: 'fleet' } };
const silent = createLog('silent');

test('a visit to be made again is a message with a delay, in whole seconds, rounded up', async (t) => {
  using aws = await startAws([ROLE], {});
  const send = sqsSender('https://sqs/visits', () => awsAccess(environmentFor(aws.url)));
  const queue = new VisitQueue(send, 'https://cluster', silent);
  queue.later({ ...due, check: 'all' }, 1_001);
  await queue.settled();
  t.deepEqual(aws.refused, []);
  t.is(aws.messages[0]?.delay, 2);
  const headers = { 'content-type': 'application/cloudevents+json' };
  const decoded = decodeCloudEvent(headers, Buffer.from(aws.messages[0]?.text ?? ''));
  t.like(decoded, {
    kind: 'event',
    subject: { kind: 'WebAppSource', ...due.key, due: { check: 'all' } },
  });
});

test('the longest back-off fits into a delay; what does not is left to the tick', async (t) => {
  const delays: number[] = [];
  const send: SendMessage = async (_text, delay) => delays.push(delay);
  const queue = new VisitQueue(send, 'https://cluster', silent);
  queue.later(due, 5 * MINUTE + 1_000);
  queue.later(due, 15 * MINUTE + 1);
  await queue.settled();
  t.deepEqual(delays, [301]);
});

test('a visit that goes on is the same message, a second later', async (t) => {
  const sent: [string, number][] = [];
  const send: SendMessage = async (text, delay) => sent.push([text, delay]);
  const queue = new VisitQueue(send, 'https://cluster', silent);
  queue.goOn('the message');
  await queue.settled();
  t.deepEqual(sent, [['the message', 1]]);
});

test('a connection that was closed while the function was frozen costs a second try, no message', async (t) => {
  using aws = await startAws([ROLE], { '/webapp/secret': 's3cret' });
  const call = {
    ...({ service: 'ssm', target: 'AmazonSSM.GetParameters' } as const),
    body: { Names: ['/webapp/secret'] },
  };
  const to = awsAccess(environmentFor(aws.url));
  await callAws(call, to);
  aws.cut();
  await t.notThrowsAsync(callAws(call, to));
});

test('a queue that is away fails no visit, and what the tick hands out is made by the tick', async (t) => {
  const send: SendMessage = () => Promise.reject(new Error('away'));
  const queue = new VisitQueue(send, 'https://cluster', silent);
  queue.later(due, 1_000);
  await t.notThrowsAsync(queue.settled());
  t.is((await queue.send(due)).kind, 'again');
});
