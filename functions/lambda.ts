// The entry for AWS Lambda: API Gateway and function URLs call `http`, a schedule calls `tick`.
import type { Context as Invocation } from 'aws-lambda';
import serverless from 'serverless-http';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { type Context, createContext } from './context.ts';
import { loadKubeConfig } from './kube-config.ts';
import { createLog } from './log.ts';
import { onTick } from './on-tick.ts';
import { startTracing } from './telemetry/start-tracing.ts';

let started: Promise<Context> | undefined;

/**
 * Made at the first call and kept for the next ones. A frozen function runs no timers, so retries are the tick's, and
 * metrics and spans are sent before the answer.
 */
function context(): Promise<Context> {
  // What failed may succeed at the next call.
  started ??= start().catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  return started;
}

async function start(): Promise<Context> {
  const config = readConfig();
  const kubeConfig = config.standalone ? undefined : loadKubeConfig();
  const context = createContext(config, kubeConfig, createLog(config.logLevel));
  await startTracing(context);
  return { ...context, later: () => {} };
}

/** Each of the two is over within a second. */
async function flush({ pushgateway, telemetry }: Context): Promise<void> {
  await Promise.all([pushgateway?.push(), telemetry.flush()]);
}

let handler: ReturnType<typeof serverless> | undefined;

/** Answers an HTTP event of API Gateway (payload 1.0 or 2.0) or of a function URL. */
export async function http(event: object, invocation: Invocation): Promise<object> {
  const ready = await context();
  handler ??= serverless(createApp(ready));
  const answer = await handler(event, invocation);
  await flush(ready);
  return answer;
}

/** Answers a schedule. A failure is thrown, so that Lambda counts it and calls again. */
export async function tick(): Promise<object> {
  const ready = await context();
  const { status, body } = await onTick(ready);
  await flush(ready);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}
