// What would be deployed: the CloudFormation template and the zip file that osls makes of serverless.yml.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { loadAll } from 'js-yaml';
import { FUNCTION_GROUPS } from '../../functions/variables.ts';
import { openService, packageService, type Template } from './service.ts';

const run = promisify(execFile);
const RBAC = join(import.meta.dirname, '..', '..', 'infra', 'lambda', 'rbac.yaml');

interface ClusterRoleBinding {
  readonly roleRef: { readonly name: string };
  readonly subjects: readonly { readonly name: string }[];
}

let template: Template;
let files: string[];

test.before(async () => {
  await using service = await openService('{Ref: VisitQueue}');
  const packaged = await packageService(service, { EKS_CLUSTER: 'shops', AWS_REGION: 'eu-west-1' });
  template = packaged.template;
  const { stdout } = await run('unzip', ['-Z1', packaged.zip]);
  files = stdout.trim().split('\n').sort();
});

// biome-ignore lint/suspicious/noExplicitAny: a template has no type
const of = (id: string): any => template.Resources[id]?.Properties;
const ids = (type: string) =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id]) => id)
    .sort();

const FUNCTIONS = ['Http', 'Tick', 'Visits', 'Webhooks'];

test('the package is the bundle and its source map', (t) => {
  t.deepEqual(files, ['dist/lambda.cjs', 'dist/lambda.cjs.map']);
});

test('each function is there once, with its own part, time, concurrency, role and logs', (t) => {
  t.deepEqual(
    ids('AWS::Lambda::Function'),
    FUNCTIONS.map((name) => `${name}LambdaFunction`),
  );
  const seen = FUNCTIONS.map((name) => {
    const { Handler, Timeout, Role, Environment, ...rest } = of(`${name}LambdaFunction`);
    const { Runtime, Architectures, ReservedConcurrentExecutions: concurrency } = rest;
    t.deepEqual([Runtime, Architectures, Timeout], ['nodejs24.x', ['arm64'], 29]);
    t.deepEqual(Role, { 'Fn::GetAtt': [`${name}Role`, 'Arn'] });
    t.is(of(`${name}LogGroup`).RetentionInDays, 30);
    return [Handler, Environment.Variables.FUNCTIONS, concurrency];
  });
  t.deepEqual(seen, [
    ['dist/lambda.http', 'events,tick', 20],
    ['dist/lambda.tick', 'tick,reviews', 1],
    ['dist/lambda.visits', 'events', 10],
    ['dist/lambda.http', 'webhooks', 10],
  ]);
});

const own = (name: string) => `\${AWS::${name}}`;
const ARN = `arn:${own('Partition')}:ssm:${own('Region')}:${own('AccountId')}:parameter/webapp-operator`;
const queue = { 'Fn::GetAtt': ['VisitQueue', 'Arn'] };
const logs = (name: string) => ({
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: { 'Fn::Sub': `\${${name}LogGroup.Arn}` },
});
const put = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue };
const parameter = (name: string) => ({ 'Fn::Sub': `${ARN}/${name}` });
const secret = (Resource: object) => ({ Effect: 'Allow', Action: 'ssm:GetParameters', Resource });

/** All that each role may do; there are no other roles. */
const rights: Record<string, object[]> = {
  Http: [logs('Http'), put, secret(parameter('event-token'))],
  Webhooks: [logs('Webhooks'), secret([parameter('webhook-secret'), parameter('forge-token')])],
  Tick: [logs('Tick'), put, secret([parameter('webhook-secret'), parameter('forge-token')])],
  Visits: [
    logs('Visits'),
    put,
    {
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      Resource: queue,
    },
  ],
};

for (const [name, statements] of Object.entries(rights)) {
  test(`the role of ${name} may do this and no more`, (t) => {
    const { AssumeRolePolicyDocument, Policies, ...rest } = of(`${name}Role`);
    t.deepEqual(rest, {});
    t.deepEqual(AssumeRolePolicyDocument.Statement, [
      {
        ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
        Principal: { Service: 'lambda.amazonaws.com' },
      },
    ]);
    t.is(Policies.length, 1);
    t.deepEqual(Policies[0].PolicyDocument.Statement, statements);
  });
}

test('nobody else has a role, and no right goes to everything', (t) => {
  t.deepEqual(
    ids('AWS::IAM::Role'),
    FUNCTIONS.map((name) => `${name}Role`),
  );
  t.deepEqual(ids('AWS::IAM::Policy'), []);
  const roles = ids('AWS::IAM::Role').map(of);
  t.notRegex(JSON.stringify(roles), /"Resource":"\*"|"Action":"[^"]*\*"/);
});

/** Returns the ClusterRoles that are bound to each group in infra/lambda/rbac.yaml, by name of the group. */
async function rightsOfGroups(): Promise<Readonly<Record<string, readonly string[]>>> {
  const bindings = loadAll(await readFile(RBAC, 'utf8')) as ClusterRoleBinding[];
  const rights: Record<string, string[]> = {};
  for (const { roleRef, subjects } of bindings)
    for (const { name } of subjects) rights[name] = [...(rights[name] ?? []), roleRef.name];
  return rights;
}

test("the group of each function has the rights of what it serves, and of no one else's", async (t) => {
  const wanted = FUNCTIONS.map((name) => {
    const served = String(of(`${name}LambdaFunction`).Environment.Variables.FUNCTIONS)
      .split(',')
      .flatMap((each): readonly string[] => FUNCTION_GROUPS[each] ?? [each]);
    // Who sends events may show a ServiceAccount's token (EVENT_AUDIENCE), which needs the cluster's keys.
    const verifies = name === 'Http' ? ['system:service-account-issuer-discovery'] : [];
    const roles = [...served.map((each) => `webapp-${each}`), ...verifies];
    return [`webapp-lambda-${name.toLowerCase()}`, roles.sort()];
  });
  const found = Object.entries(await rightsOfGroups()).map(([name, roles]) => [
    name,
    roles.toSorted(),
  ]);
  t.deepEqual(Object.fromEntries(found), Object.fromEntries(wanted));
});

test('no secret is in the template', (t) => {
  t.is(
    of('HttpLambdaFunction').Environment.Variables.EVENT_TOKEN,
    'ssm:/webapp-operator/event-token',
  );
  t.is(
    of('WebhooksLambdaFunction').Environment.Variables.WEBHOOK_SECRET,
    'ssm:/webapp-operator/webhook-secret',
  );
});

test('API Gateway sends webhooks to their function and all else to the other', (t) => {
  const routes = ids('AWS::ApiGatewayV2::Route').map((id) => of(id).RouteKey);
  t.deepEqual(routes.sort(), ['$default', 'POST /webhooks/{proxy+}']);
});

test('the tick comes each minute, one at a time, and is not repeated', (t) => {
  t.is(of('TickEventsRuleSchedule1').ScheduleExpression, 'rate(1 minute)');
  t.like(of('TickLambdaEvConf'), { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
});

test('the queue brings visits again one by one, and puts aside what fails five times', (t) => {
  t.like(of('VisitsEventSourceMappingSQSVisitQueue'), {
    EventSourceArn: queue,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BatchSize: 5,
    ScalingConfig: { MaximumConcurrency: 10 },
  });
  t.deepEqual(of('VisitQueue').RedrivePolicy, {
    deadLetterTargetArn: { 'Fn::GetAtt': ['VisitDeadLetters', 'Arn'] },
    maxReceiveCount: 5,
  });
  const { VisibilityTimeout, MessageRetentionPeriod } = of('VisitQueue');
  t.true(VisibilityTimeout >= 6 * of('VisitsLambdaFunction').Timeout);
  t.true(MessageRetentionPeriod > 900);
  for (const id of ids('AWS::SQS::Queue')) t.true(of(id).SqsManagedSseEnabled);
});
