// The package as it would be uploaded, unpacked, each function run by AWS' own runtime client, with the handler and the
// environment that the CloudFormation template gives it and the routes that it gives API Gateway.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RUNTIME_CLIENT } from '../../infra/lambda/tools.ts';
import { findNpmTool } from '../../infra/npm-tool.ts';
import { type Answered, type Call, eventOf } from '../helpers/functions-entries.ts';
import { startChild } from './child.ts';
import { type Deployed, sqsAnswer, sqsEvent } from './deployed.ts';
import { type RuntimeApi, startRuntimeApi } from './runtime-api.ts';
import type { Service, Template } from './service.ts';
import type { LambdaName } from './stage.ts';

const run = promisify(execFile);

interface Packaged {
  readonly template: Template;
  readonly zip: string;
}

interface FunctionProperties {
  readonly FunctionName: string;
  readonly Handler: string;
  readonly MemorySize: number;
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
}

/** Starts all functions; `envOf` returns what Lambda itself puts into the environment of one, by its name. */
export async function openRuntimeClient(
  { folder }: Service,
  { template, zip }: Packaged,
  envOf: (name: LambdaName) => Readonly<Record<string, string>>,
): Promise<Deployed> {
  const root = join(folder, 'task');
  await run('unzip', ['-q', zip, '-d', root]);
  const started = new AsyncDisposableStack();
  const functions = new Map<string, RuntimeApi>();
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const properties = Properties as unknown as FunctionProperties;
    const name = properties.FunctionName.replace('webapp-operator-prod-', '') as LambdaName;
    const api = await startFunction(properties, { root, env: envOf(name) });
    functions.set(id, started.use(api));
  }
  const named = (id: string) => functions.get(id) as RuntimeApi;
  return {
    send: async (call) => {
      const answer = await named(routeOf(call, template)).invoke(eventOf(call, true));
      return answerOf(answer as GatewayAnswer);
    },
    tick: async () => (await named('TickLambdaFunction').invoke({})) as Record<string, unknown>,
    visit: async (text) => sqsAnswer(await named('VisitsLambdaFunction').invoke(sqsEvent(text))),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

async function startFunction(
  { FunctionName, Handler, MemorySize, Environment }: FunctionProperties,
  { root, env }: { root: string; env: Readonly<Record<string, string>> },
): Promise<RuntimeApi & AsyncDisposable> {
  const client = await findNpmTool(RUNTIME_CLIENT);
  const api = await startRuntimeApi(FunctionName);
  const { process: child } = await startChild({
    command: [process.execPath, join(client, 'node_modules', 'aws-lambda-ric', 'index.mjs')],
    env: {
      ...Environment.Variables,
      ...env,
      AWS_LAMBDA_RUNTIME_API: api.address,
      LAMBDA_TASK_ROOT: root,
      _HANDLER: Handler,
      AWS_LAMBDA_FUNCTION_NAME: FunctionName,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${FunctionName}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'of-the-tests',
    },
    options: { cwd: root },
  });
  const dispose = () => {
    child.kill('SIGKILL');
    api[Symbol.dispose]();
  };
  return { ...api, [Symbol.dispose]: dispose, [Symbol.asyncDispose]: async () => dispose() };
}

/** Returns the logical id of the function to which API Gateway sends a call: by an exact route, else by $default. */
function routeOf({ method = 'POST', path }: Call, { Resources }: Template): string {
  const routes = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route');
  const isExact = (key: string) => {
    const pattern = key.replace(/\{\w+\}/g, '[^/]+').replace(/\{\w+\+\}/, '.+');
    return new RegExp(`^${pattern}$`).test(`${method} ${path}`);
  };
  const keyOf = (route: (typeof routes)[number]) => String(route.Properties.RouteKey);
  const route =
    routes.find((one) => isExact(keyOf(one))) ?? routes.find((one) => keyOf(one) === '$default');
  const target = JSON.stringify(route?.Properties.Target);
  const [, integration = ''] = /"(HttpApiIntegration\w+)"/.exec(target) ?? [];
  return `${integration.replace('HttpApiIntegration', '')}LambdaFunction`;
}

interface GatewayAnswer {
  readonly statusCode: number;
  readonly headers: Answered['headers'];
  readonly body: string;
}

function answerOf({ statusCode, headers, body }: GatewayAnswer): Answered {
  return { status: statusCode, headers, body: JSON.parse(body) };
}
